using System.Runtime.CompilerServices;

namespace Keyway.Tests.Configuration;

/// <summary>Files of the repository, found from where this file was compiled.</summary>
internal static class SourceTree
{
    private static readonly string TestFolder = Folder();

    public static string Root { get; } = Path.GetFullPath(Path.Combine(TestFolder, "..", "..", ".."));

    public static string Cases { get; } = Path.Combine(TestFolder, "Cases");

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
