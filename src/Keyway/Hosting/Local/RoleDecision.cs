namespace Keyway.Hosting.Local;

/// <summary>Which server of a shard is to be its master.</summary>
/// <param name="Master">Its port.</param>
/// <param name="Note">Why it is not the one that was, for the log; empty when it is.</param>
/// <param name="Refusal">Why none of those that the map names may be: a text for people. Empty when one may.</param>
internal sealed record RoleDecision(int Master, string Note = "", string Refusal = "");
