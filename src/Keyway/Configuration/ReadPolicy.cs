namespace Keyway.Configuration;

/// <summary>Who answers reads.</summary>
public enum ReadPolicy : byte
{
    Master,
    PreferReplica,
    Replica,
}
