namespace Keyway.Configuration;

/// <summary>What becomes of commands that the table lacks.</summary>
public enum CommandPolicy : byte
{
    /// <summary>They are learned from the masters.</summary>
    Learn,

    /// <summary>They are unknown.</summary>
    Known,
}
