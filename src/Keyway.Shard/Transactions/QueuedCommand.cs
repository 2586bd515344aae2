using Keyway.Protocol.Commands;

namespace Keyway.Shard.Transactions;

/// <summary>A command between MULTI and EXEC.</summary>
internal readonly record struct QueuedCommand(Command Command, SavedRequest Request);
