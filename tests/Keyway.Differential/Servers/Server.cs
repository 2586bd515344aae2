using System.Net;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Servers;

/// <summary>One of the two that are compared.</summary>
internal abstract class Server(string name) : IDisposable
{
    /// <summary>What both are started with, beside where they listen.</summary>
    public static readonly string[] Settings = ["--save", "", "--appendonly", "no", "--enable-debug-command", "yes", "--hz", "10", "--repl-diskless-sync-delay", "0"];

    /// <summary>"redis" or "keyway", as reports call it.</summary>
    public string Name { get; } = name;

    public abstract EndPoint EndPoint { get; }

    /// <summary>Begins anew after a crash.</summary>
    /// <exception cref="InvalidOperationException">Somebody else has started it.</exception>
    public abstract void Restart();

    /// <summary>What a server that is lost has printed last; empty if it goes on.</summary>
    public abstract string LastWords();

    public abstract void Dispose();

    public Connection Connect() => new(EndPoint, Name);
}
