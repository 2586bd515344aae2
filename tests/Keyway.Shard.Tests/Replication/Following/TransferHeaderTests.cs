using System.Text;
using Keyway.Shard.Replication.Following;

namespace Keyway.Shard.Tests.Replication.Following;

public sealed class TransferHeaderTests
{
    private const string Mark = "f687e8cc8a2cd1801ba6de2505a06ff2b081d06a";

    [Theory]
    [InlineData("$0", 0L)]
    [InlineData("$1234", 1234L)]
    [InlineData("$99999999999", 99999999999L)]
    public void Knows_how_many_bytes_come(string line, long bytes)
    {
        TransferHeader header = TransferHeader.Parse(Encoding.ASCII.GetBytes(line))!;

        Assert.Equal(bytes, header.Bytes);
        Assert.Null(header.EndMark);
    }

    [Theory]
    [InlineData($"$EOF:{Mark}")]
    [InlineData($"$EOF:{Mark}more")]
    public void Knows_by_what_mark_the_data_end(string line) =>
        Assert.Equal(Mark, Encoding.ASCII.GetString(TransferHeader.Parse(Encoding.ASCII.GetBytes(line))!.EndMark!));

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("$x")]
    [InlineData("$-1")]
    [InlineData("$EOF:short")]
    [InlineData("*3")]
    [InlineData("REDIS0010")]
    public void Makes_nothing_of_another_line(string line) => Assert.Null(TransferHeader.Parse(Encoding.ASCII.GetBytes(line)));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(39)]
    [InlineData(40)]
    [InlineData(41)]
    [InlineData(1000)]
    public void Finds_the_mark_however_the_data_are_cut(int pieceBytes)
    {
        byte[] data = Encoding.ASCII.GetBytes(new string('x', 100) + Mark[..20] + Mark);
        var search = new EndMarkSearch(Encoding.ASCII.GetBytes(Mark));

        var found = new List<bool>();
        for (int at = 0; at < data.Length; at += pieceBytes) found.Add(search.Take(data.AsSpan(at, Math.Min(pieceBytes, data.Length - at))));

        Assert.True(found[^1]);
        Assert.DoesNotContain(true, found[..^1]);
    }
}
