namespace Keyway.Tests.Configuration;

/// <summary>
/// A file of cases: a title after "=== ", the YAML, and after "--->" the lines that the loader must print. "@rules", "@pool" or
/// "@shards" on the first line of a file says what stands before each snippet, so that a case is no longer than its point.
/// </summary>
internal sealed record ErrorCase(string Title, string Yaml, string Expected)
{
    public static List<ErrorCase> Read(string path)
    {
        string[] sections = File.ReadAllText(path).ReplaceLineEndings("\n").Split("=== ");
        string kind = sections[0].Trim();
        var cases = new List<ErrorCase>();
        foreach (string section in sections[1..])
        {
            int title = section.IndexOf('\n');
            int arrow = section.IndexOf("--->\n", StringComparison.Ordinal);
            cases.Add(new ErrorCase(section[..title], Wrap(kind, section[(title + 1)..arrow]), section[(arrow + 5)..].Trim()));
        }

        return cases;
    }

    private static string Wrap(string kind, string snippet) => kind switch
    {
        "@rules" => Maps.BeforeRules + Maps.Indent(snippet, 6),
        "@pool" => Maps.BeforePool + Maps.Indent(snippet, 4),
        "@shards" => Maps.BeforeShards + Maps.Indent(snippet, 2),
        _ => snippet,
    };
}
