namespace Keyway.Differential.Wire;

/// <summary>A server has closed a connection, answers nothing, or answers what is no reply.</summary>
internal sealed class ServerLostException(string server, string what) : Exception($"{server} {what}")
{
    public string Server { get; } = server;
}
