using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>A queued command that the gateway answers itself.</summary>
/// <param name="Index">Its place among all queued ones.</param>
internal sealed record OwnCommand(int Index, Command Row, byte[] Request);
