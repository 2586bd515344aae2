using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Scanning;

/// <summary>A client's walk through all keys, step by step.</summary>
internal sealed class Walk(TestClient client)
{
    public string Cursor { get; private set; } = "0";

    public List<string> Seen { get; } = [];

    public int Steps { get; private set; }

    public bool IsDone => Steps > 0 && Cursor == "0";

    public void Step(string options = "", TestClient? other = null)
    {
        string reply = (other ?? client).Ask($"SCAN {Cursor}{options}");
        string[] lines = reply.Split("\r\n");
        Assert.Equal("*2", lines[0]);
        Cursor = lines[2];
        Assert.True(ulong.Parse(Cursor, System.Globalization.CultureInfo.InvariantCulture) < 1UL << 63);
        for (int i = 5; i < lines.Length; i += 2) Seen.Add(lines[i]);
        Steps++;
    }

    public void Finish()
    {
        do Step();
        while (!IsDone && Steps < 1000);
        Assert.True(IsDone);
    }
}
