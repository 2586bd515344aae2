namespace Keyway.Hosting;

/// <param name="Changes">What is served differently now.</param>
/// <param name="Problems">Why it is not, or (with Ok) what the file's warnings are.</param>
internal sealed record ReloadResult(ReloadOutcome Outcome, IReadOnlyList<string> Changes, IReadOnlyList<string> Problems)
{
    /// <summary>The outcome as metrics and `keyway reload` name it.</summary>
    public static string NameOf(ReloadOutcome outcome) => outcome switch
    {
        ReloadOutcome.Ok => "ok",
        ReloadOutcome.Refused => "refused",
        _ => "invalid",
    };
}
