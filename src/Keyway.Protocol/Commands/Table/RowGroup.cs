namespace Keyway.Protocol.Commands.Table;

/// <summary>The commands that are about one thing.</summary>
/// <param name="Name">As Redis names the group.</param>
/// <param name="Category">The category that its commands have unless their row says otherwise.</param>
internal sealed record RowGroup(string Name, AclCategories Category, Row[] Rows);
