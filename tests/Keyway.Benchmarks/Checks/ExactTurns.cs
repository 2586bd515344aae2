using Keyway.Platform;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// For checks of how long loops turn: servers that are started from here on measure each turn as exactly as the system can tell. It costs them two system
/// calls a turn, so what is compared with others' speed does without.
/// </summary>
internal static class ExactTurns
{
    public static void Ask() => Environment.SetEnvironmentVariable(EventLoops.TurnsVariable, "exact");
}
