using System.Text;
using Keyway.Gateway.Scripts;

namespace Keyway.Gateway.Tests.Scripts;

public class ScriptLibraryTests
{
    private readonly ScriptLibrary _library = new(action => action());

    [Fact]
    public void A_script_is_found_by_its_name_in_either_case_and_by_nothing_else()
    {
        Remember(7, 10);
        string name = Name(7);
        Assert.Equal(10, _library.Find(Encoding.ASCII.GetBytes(name))!.Body.Length);
        Assert.NotNull(_library.Find(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));
        Assert.Null(_library.Find(Encoding.ASCII.GetBytes(Name(8))));
        Assert.Null(_library.Find(Encoding.ASCII.GetBytes(name[..39])));
        Assert.Null(_library.Find(Encoding.ASCII.GetBytes(name[..39] + "g")));
        Assert.Null(_library.Find(default));
    }

    [Fact]
    public void The_longest_unused_goes_when_there_are_too_many()
    {
        for (int i = 0; i < ScriptLibrary.MostScripts; i++) Remember(i, 10);
        Remember(0, 10);
        _library.NoteNeeded(Hash(1));
        Remember(5000, 10);
        Remember(5001, 10);
        Assert.NotNull(Find(0));
        Assert.NotNull(Find(1));
        Assert.Null(Find(2));
        Assert.Null(Find(3));
        Assert.NotNull(Find(4));
        Assert.NotNull(Find(5001));
    }

    [Fact]
    public void Bytes_are_bounded_too_and_one_script_past_all_of_them_is_not_kept()
    {
        for (int i = 0; i < 40; i++) Remember(i, 1024 * 1024);
        Assert.Null(Find(0));
        Assert.NotNull(Find(39));
        Assert.InRange(Enumerable.Range(0, 40).Count(i => Find(i) is not null), 30, 32);
        Remember(100, ScriptLibrary.MostBytes);
        Assert.Null(Find(100));
        Assert.NotNull(Find(39));
        _library.Clear();
        Assert.True(_library.IsEmpty);
        Remember(1, 10);
        Assert.NotNull(Find(1));
    }

    private RememberedScript? Find(int number) => _library.Find(Encoding.ASCII.GetBytes(Name(number)));

    private void Remember(int number, int length) => _library.Remember(Hash(number), new RememberedScript(new byte[length + 22], 20));

    private static ScriptHash Hash(int number)
    {
        Assert.True(ScriptHash.TryParse(Encoding.ASCII.GetBytes(Name(number)), out ScriptHash hash));
        return hash;
    }

    private static string Name(int number) => $"{number:x8}{new string('a', 32)}";
}
