using Keyway.Platform;
using Keyway.Shard;
using Keyway.State;

namespace Keyway.Verbs;

/// <summary>
/// What a `keyway shard` does for whoever has started it as a part of himself: it has its folder to itself, says on its standard output when it serves,
/// and ends with its standard input, which is a pipe from its parent. The system closes that however the parent ends.
/// </summary>
internal sealed class AttachedShard : IDisposable
{
    public const string Option = "--attached";

    /// <summary>It listens; clients may be told to wait.</summary>
    public const string Listening = "listening";

    /// <summary>It has its data.</summary>
    public const string Serving = "serving";

    /// <summary>Longer than a shard waits for its replicas at its end. Nobody looks after it any more.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly DataFolder _folder;

    private AttachedShard(DataFolder folder) => _folder = folder;

    /// <exception cref="StateException">Another process has the folder.</exception>
    public static AttachedShard Take(string folder) => new(DataFolder.Open(folder));

    public void Watch(EventLoop loop, ShardServer server)
    {
        var thread = new Thread(() => AwaitEnd(() => loop.Post(() => server.OnSignal("end of its parent")))) { IsBackground = true, Name = "keyway-parent" };
        thread.Start();
    }

    public void Say(string word)
    {
        try
        {
            Console.Out.WriteLine(word);
        }
        catch (IOException)
        {
            // The parent is gone; the other pipe says so too.
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AwaitEnd(Action end)
    {
        using Stream input = Console.OpenStandardInput();
        Span<byte> nothing = stackalloc byte[16];
        try
        {
            while (input.Read(nothing) > 0)
            {
                // Nothing is said this way.
            }
        }
        catch (IOException)
        {
            // That is an end too.
        }

        end();
        using var never = new ManualResetEvent(false);
        never.WaitOne(EndLimit);
        Environment.Exit(ExitCode.Runtime);
    }
}
