namespace Keyway.Sentinel.Core;

/// <summary>The answer to IS-MASTER-DOWN-BY-ADDR: an integer, a bulk string ("*" for nobody) and an integer.</summary>
internal readonly record struct MasterDownAnswer(bool Down, string Leader, long LeaderEpoch);
