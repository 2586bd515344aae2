namespace Keyway.Hosting;

/// <summary>How a reload ended. The names in lower case are a metric's label and part of `keyway reload`'s answer.</summary>
internal enum ReloadOutcome : byte
{
    /// <summary>The file's map is served now.</summary>
    Ok,

    /// <summary>The file is valid, but serving it now would lose sight of keys or needs a restart.</summary>
    Refused,

    /// <summary>The file has errors.</summary>
    Invalid,
}
