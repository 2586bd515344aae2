using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Keyspace.Compact;
using Xunit;

namespace Keyway.Shard.Tests.Keyspace.Compact;

public class ListpackTests
{
    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "127", "128", "4095", "4096", "-4096", "-4097", "32767", "32768", "-32768", "-32769", "8388607", "8388608", "-8388608", "-8388609",
        "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "01", "-0", "+1", "1.5", "x",
        new string('a', 63), new string('b', 64), new string('c', 125), new string('d', 126), new string('e', 127), new string('f', 4095), new string('g', 4096),
        new string('h', 16400), new string('i', 70_000),
    ];

    [Fact]
    public void Does_what_a_list_does()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 1 << 20))).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_number_is_found_by_its_text_and_no_other()
    {
        byte[] listpack = Made(["7", "07", "x", "7"]);

        Assert.Equal(Listpack.First(listpack), Listpack.Find(listpack, Listpack.First(listpack), "7"u8, 0));
        Assert.Equal(Listpack.Seek(listpack, 1), Listpack.Find(listpack, Listpack.First(listpack), "07"u8, 0));
        Assert.Equal(Listpack.Seek(listpack, 2), Listpack.Find(listpack, Listpack.First(listpack), "x"u8, 1));
        Assert.Equal(Listpack.None, Listpack.Find(listpack, Listpack.First(listpack), "07"u8, 1));
    }

    [Fact]
    public void More_elements_than_the_header_counts_are_counted_by_walking()
    {
        byte[] listpack = Made(Enumerable.Repeat("1", 65_600));
        Assert.Equal(65_600, Listpack.Count(listpack));
        Assert.Equal("1", TextAt(listpack, Listpack.Seek(listpack, -1)));
        Assert.Equal(Listpack.None, Listpack.Seek(listpack, 65_600));

        Array.Resize(ref listpack, Listpack.Remove(listpack, Listpack.First(listpack), 600));
        Assert.Equal(65_000, Listpack.Count(listpack));
        Assert.True(ListpackCheck.IsValid(listpack, out int count));
        Assert.Equal(65_000, count);
    }

    [Fact]
    public void Nothing_that_is_damaged_passes_the_check_and_then_leads_astray()
    {
        byte[] sound = Made(Values.Take(35));
        var random = new System.Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. sound];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
            if (!ListpackCheck.IsValid(damaged, out int count)) continue;

            int walked = 0;
            for (int at = Listpack.First(damaged); at != Listpack.None; at = Listpack.Next(damaged, at)) walked += TextAt(damaged, at).Length >= 0 ? 1 : 0;
            Assert.Equal(count, walked);
        }
    }

    private static void Check((int Action, int Choice)[] actions)
    {
        var model = new List<string>();
        var listpack = new byte[Listpack.EmptyBytes];
        Listpack.WriteEmpty(listpack);

        foreach ((int action, int choice) in actions)
        {
            string value = Values[choice % Values.Length];
            int index = model.Count == 0 ? 0 : choice / 64 % model.Count;
            if (action <= 1 || model.Count == 0)
            {
                int at = model.Count == 0 || action == 0 ? listpack.Length - 1 : Listpack.Seek(listpack, index);
                model.Insert(model.Count == 0 || action == 0 ? model.Count : index, value);
                byte[] text = Encoding.ASCII.GetBytes(value);
                Array.Resize(ref listpack, listpack.Length + Listpack.SizeOf(text));
                Listpack.Insert(listpack, at, text);
            }
            else if (action == 4)
            {
                model[index] = value;
                byte[] text = Encoding.ASCII.GetBytes(value);
                int at = Listpack.Seek(listpack, index);
                Array.Resize(ref listpack, Math.Max(listpack.Length, listpack.Length + Listpack.SizeOf(text) - Listpack.SizeAt(listpack, at)));
                Array.Resize(ref listpack, Listpack.Replace(listpack, at, text));
            }
            else
            {
                int count = Math.Min(1 + (choice % 3), model.Count - index);
                model.RemoveRange(index, count);
                Array.Resize(ref listpack, Listpack.Remove(listpack, Listpack.Seek(listpack, index), count));
            }

            Assert.Equal(listpack.Length, Listpack.BytesOf(listpack));
        }

        Assert.Equal(model, Forwards(listpack));
        Assert.Equal(model.AsEnumerable().Reverse(), Backwards(listpack));
        Assert.Equal(model.Count, Listpack.Count(listpack));
        for (int i = 0; i < model.Count; i++) Assert.Equal(model[i], TextAt(listpack, Listpack.Seek(listpack, i - model.Count)));
        Assert.True(ListpackCheck.IsValid(listpack, out int valid));
        Assert.Equal(model.Count, valid);
    }

    private static byte[] Made(IEnumerable<string> values)
    {
        var listpack = new byte[Listpack.EmptyBytes];
        Listpack.WriteEmpty(listpack);
        int at = Listpack.HeaderBytes;
        foreach (string value in values)
        {
            byte[] text = Encoding.ASCII.GetBytes(value);
            int size = Listpack.SizeOf(text);
            int used = Listpack.BytesOf(listpack);
            if (used + size > listpack.Length) Array.Resize(ref listpack, (used + size) * 2);
            at = Listpack.Insert(listpack, at, text);
        }

        return listpack[..Listpack.BytesOf(listpack)];
    }

    private static IEnumerable<string> Forwards(byte[] listpack)
    {
        for (int at = Listpack.First(listpack); at != Listpack.None; at = Listpack.Next(listpack, at)) yield return TextAt(listpack, at);
    }

    private static IEnumerable<string> Backwards(byte[] listpack)
    {
        if (Listpack.Count(listpack) == 0) yield break;
        for (int at = Listpack.Last(listpack); at != Listpack.None; at = Listpack.Previous(listpack, at)) yield return TextAt(listpack, at);
    }

    private static string TextAt(byte[] listpack, int at) => Encoding.ASCII.GetString(Listpack.Read(listpack, at).Text(new byte[32]));
}
