using Keyway.Shard.Persistence;

namespace Keyway.Hosting.Local;

/// <summary>
/// Decides which server of a shard starts as its master, from what the folders of all of them hold. The role on the disk counts, whatever the order of
/// the ports; but a master whose folder was emptied would have its replicas throw away the only copy, and one that has lost the end of its files would
/// have them lose it too.
/// </summary>
internal static class RoleChoice
{
    /// <param name="folders">At least one that the map names, in its order.</param>
    /// <param name="noted">The master that was noted last; null when none was.</param>
    public static RoleDecision Choose(IReadOnlyList<FolderFacts> folders, int? noted)
    {
        FolderFacts? named = NamedByRole(folders, noted);
        FolderFacts best = Better(folders, named, out string note);
        if (best.IsInMap) return new RoleDecision(best.Port, note);

        // Whoever has all that it has may take its place.
        FolderFacts? equal = folders.FirstOrDefault(folder => folder.IsInMap && IsAtLeast(folder.Position, best.Position));
        if (equal is not null) return new RoleDecision(equal.Port, $"it has all that the server at port {best.Port} has, which the map names no more");
        return new RoleDecision(best.Port, Refusal: $"its master was the server at port {best.Port}, which the map names no more, and no other has all of its keys: "
            + $"write {best.Port} into `local:` again, let the others catch up, and remove it then");
    }

    private static FolderFacts? NamedByRole(IReadOnlyList<FolderFacts> folders, int? noted)
    {
        FolderFacts[] claims = [.. folders.Where(folder => folder.Role == FolderRole.Master)];

        // Whoever was promoted wrote so into its own file before anybody noted it: of two claims the one that was not noted is the later one.
        if (claims.Length > 0) return claims.Where(folder => folder.Port != noted).DefaultIfEmpty(claims[0]).MaxBy(folder => folder.Position?.Offset ?? 0);
        return folders.FirstOrDefault(folder => folder.Port == noted);
    }

    private static FolderFacts Better(IReadOnlyList<FolderFacts> folders, FolderFacts? named, out string note)
    {
        note = "";
        if (named is not { HoldsData: true })
        {
            FolderFacts? fullest = folders.Where(folder => folder.HoldsData).OrderByDescending(folder => folder.Position?.Offset ?? -1).FirstOrDefault();
            if (fullest is null) return named is { IsInMap: true } ? named : folders.First(folder => folder.IsInMap);
            if (named is not null) note = $"the folder of the master, at port {named.Port}, holds nothing, and this one's does";
            return fullest;
        }

        FolderFacts furthest = folders.Where(folder => IsAtLeast(folder.Position, named.Position)).MaxBy(folder => folder.Position!.Offset) ?? named;
        if (furthest.Position is null || furthest.Position.Offset == named.Position!.Offset) return named;
        note = $"it has {furthest.Position.Offset - named.Position.Offset} bytes of the same history that the master, at port {named.Port}, has lost";
        return furthest;
    }

    private static bool IsAtLeast(SavedPosition? position, SavedPosition? other) =>
        position is not null && other is not null && position.History == other.History && position.Offset >= other.Offset;
}
