using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>Loads the map for a verb and prints what is wrong with it.</summary>
public static class MapFile
{
    /// <returns>False after the errors were printed: exit with 78.</returns>
    public static bool TryLoad(VerbContext context, string? path, out KeywayConfig config)
    {
        LoadResult result = ConfigLoader.LoadFile(path, context.Environment);
        foreach (ConfigError error in result.Errors) context.Error.WriteLine(error);
        config = result.Config!;
        return result.Config is not null;
    }
}
