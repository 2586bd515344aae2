using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local;

/// <summary>The commands that the gateway answers itself, by row.</summary>
internal static class LocalCommands
{
    private static readonly Dictionary<string, LocalHandler> ByName = new()
    {
        ["ping"] = ConnectionCommands.Ping,
    };

    private static readonly LocalHandler?[] ById = [.. CommandTable.All.Select(command => ByName.GetValueOrDefault(command.Name))];

    public static LocalHandler? Find(Command command) => command.Id < ById.Length ? ById[command.Id] : null;
}
