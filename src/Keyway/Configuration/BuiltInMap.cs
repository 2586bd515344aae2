using System.Reflection;

namespace Keyway.Configuration;

/// <summary>The map that serves where no file is: config/keyway.yaml as it was when this program was built.</summary>
public static class BuiltInMap
{
    public const string Name = "built-in map";

    public static string Text { get; } = Read();

    private static string Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("keyway.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
