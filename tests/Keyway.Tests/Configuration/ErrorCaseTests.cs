namespace Keyway.Tests.Configuration;

public class ErrorCaseTests
{
    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string file in Directory.GetFiles(SourceTree.Cases, "*.txt").Order(StringComparer.Ordinal))
            {
                foreach (ErrorCase @case in ErrorCase.Read(file)) all.Add(Path.GetFileNameWithoutExtension(file), @case.Title);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_mistake_is_named_with_its_place_and_its_cure(string file, string title)
    {
        ErrorCase @case = ErrorCase.Read(Path.Combine(SourceTree.Cases, file + ".txt")).Single(candidate => candidate.Title == title);

        Assert.NotEmpty(@case.Expected);
        Assert.Equal(@case.Expected, string.Join('\n', Maps.Errors(@case.Yaml)));
    }
}
