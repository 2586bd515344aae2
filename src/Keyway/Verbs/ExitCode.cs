namespace Keyway.Verbs;

/// <summary>What the process ends with; scripts and service managers rely on these.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Something went wrong while running.</summary>
    public const int Runtime = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The configuration is wrong: EX_CONFIG of sysexits.h.</summary>
    public const int Configuration = 78;
}
