namespace Keyway.Sentinel.Scripts;

/// <summary>A script that waits to be run, or runs.</summary>
internal sealed class ScriptJob(string path, IReadOnlyList<string> arguments)
{
    public string Path { get; } = path;

    public IReadOnlyList<string> Arguments { get; } = arguments;

    /// <summary>Not null while it runs.</summary>
    public IRunningScript? Running { get; set; }

    /// <summary>While it runs, since when; while it waits to be tried again, until when; 0: as soon as there is room.</summary>
    public long TimeMs { get; set; }

    /// <summary>How often it was started.</summary>
    public int Attempts { get; set; }

    /// <summary>It was told to end for having run too long.</summary>
    public bool IsKilled { get; set; }
}
