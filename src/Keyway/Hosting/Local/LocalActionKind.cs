namespace Keyway.Hosting.Local;

internal enum LocalActionKind : byte
{
    /// <summary>Start its process, in the role that it has now.</summary>
    Start,

    /// <summary>It was the master and is gone: another is to take its place.</summary>
    Replace,

    /// <summary>It runs and follows somebody else than the master, or nobody: it is to be told whom to follow.</summary>
    Follow,
}
