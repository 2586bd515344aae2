namespace Keyway.Sentinel.Scripts;

/// <summary>Starts programs. Tests have one that only says that it does.</summary>
internal interface IScriptRunner
{
    /// <param name="path">The program.</param>
    /// <param name="arguments">What follows its name.</param>
    /// <param name="ended">Called once, on the loop's thread, when it has ended.</param>
    /// <returns>Null when it cannot be started; <paramref name="ended"/> is not called then.</returns>
    IRunningScript? Start(string path, IReadOnlyList<string> arguments, Action<ScriptEnd> ended);
}
