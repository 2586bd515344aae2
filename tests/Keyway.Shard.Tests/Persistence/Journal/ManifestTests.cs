using System.Text;
using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Tests.Persistence.Journal;

public sealed class ManifestTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        const string Text = "file a.3.base.rdb seq 3 type b\nfile a.2.base.rdb seq 2 type h\nfile a.1.incr.aof seq 1 type h\nfile a.4.incr.aof seq 4 type i\nfile a.5.incr.aof seq 5 type i\n";

        Manifest manifest = Parse(Text);

        Assert.Equal(Text, Encoding.Latin1.GetString(manifest.Format()));
        Assert.Equal("a.3.base.rdb", manifest.Base!.Name);
        Assert.Equal(["a.3.base.rdb", "a.4.incr.aof", "a.5.incr.aof"], manifest.Loaded.Select(file => file.Name));
    }

    [Fact]
    public void Comments_and_unknown_words_are_passed_over_and_names_may_be_quoted()
    {
        Manifest manifest = Parse("# made by hand\nfile \"my file\\x2e1\" seq 7 type b colour red\n");

        Assert.Equal("my file.1", manifest.Base!.Name);
        Assert.Equal(7, manifest.Base.Sequence);
        Assert.Equal("file \"my file.1\" seq 7 type b\n", Encoding.Latin1.GetString(manifest.Format()));
    }

    [Theory]
    [InlineData("", "Found an empty AOF manifest")]
    [InlineData("# nothing\n", "Found an empty AOF manifest")]
    [InlineData("\n", "Invalid AOF manifest file format")]
    [InlineData("file a seq 1\n", "Invalid AOF manifest file format")]
    [InlineData("file a seq 1 type b odd\n", "Invalid AOF manifest file format")]
    [InlineData("file a seq x type b\n", "Invalid AOF manifest file format")]
    [InlineData("file a seq 0 type b\n", "Invalid AOF manifest file format")]
    [InlineData("file a seq 1 type b", "The AOF manifest file contains too long line")]
    [InlineData("file a seq 1 type q\n", "Unknown AOF file type")]
    [InlineData("file ../a seq 1 type b\n", "File can't be a path, just a filename")]
    [InlineData("file a seq 1 type b\nfile b seq 2 type b\n", "Found duplicate base file information")]
    [InlineData("file a seq 2 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number")]
    public void What_says_something_else_is_refused(string text, string reason) => Assert.Equal(reason, Assert.Throws<ManifestException>(() => Parse(text)).Message);

    [Fact]
    public void A_line_without_end_is_refused() =>
        Assert.Equal("The AOF manifest file contains too long line", Assert.Throws<ManifestException>(() => Parse("file " + new string('a', 2000) + " seq 1 type b\n")).Message);

    [Fact]
    public void Any_damage_is_refused_or_read_and_never_more()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("file a.3.base.rdb seq 3 type b\nfile \"a.2\" seq 2 type h\nfile a.4.incr.aof seq 4 type i\n");
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Manifest.Parse(bytes).Format();
            }
            catch (ManifestException)
            {
                // That is what is asked for.
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_new_base_makes_history_of_what_it_holds()
    {
        Manifest before = Parse("file a.1.base.rdb seq 1 type b\nfile a.1.incr.aof seq 1 type i\nfile a.2.incr.aof seq 2 type i\n");
        JournalFile increment = before.NextIncrement("a");
        Manifest switched = before.WithIncrement(increment);

        Manifest after = switched.Rebased(switched.NextBase("a", isRdb: true), increment);

        Assert.Equal(
            "file a.2.base.rdb seq 2 type b\nfile a.2.incr.aof seq 2 type h\nfile a.1.incr.aof seq 1 type h\nfile a.1.base.rdb seq 1 type h\nfile a.3.incr.aof seq 3 type i\n",
            Encoding.Latin1.GetString(after.Format()));
        Assert.Equal("file a.2.base.rdb seq 2 type b\nfile a.3.incr.aof seq 3 type i\n", Encoding.Latin1.GetString(after.WithoutHistory().Format()));
    }

    private static Manifest Parse(string text) => Manifest.Parse(Encoding.Latin1.GetBytes(text));
}
