namespace Keyway.Sentinel.Core;

/// <summary>Where SENTINEL SIMULATE-FAILURE makes the process end. The numbers are those of INFO.</summary>
[Flags]
internal enum SimulatedFailures
{
    None = 0,
    CrashAfterElection = 1,
    CrashAfterPromotion = 2,
}
