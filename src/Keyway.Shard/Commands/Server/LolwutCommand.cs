using System.Text;

namespace Keyway.Shard.Commands.Server;

/// <summary>LOLWUT: computer art. Every row of the picture is the one above it, each cell the exclusive or of its neighbours there.</summary>
internal static class LolwutCommand
{
    private const int LargestWidth = 1000;
    private const int LargestHeight = 500;

    // LOLWUT [VERSION version] [columns [rows]]
    public static void Lolwut(ref CommandContext context)
    {
        var text = new StringBuilder();
        if (context.Arguments.Count > 2 && Word.Is(context.Arguments[1], "VERSION"u8))
        {
            if (!context.TryReadInteger(2, out long version)) return;
            if (version is 5 or 6 && !TryDraw(ref context, text)) return;
        }

        context.ReplyVerbatim($"{text}Redis ver. {InfoServer.RedisVersion}\n");
    }

    private static bool TryDraw(ref CommandContext context, StringBuilder text)
    {
        long width = 64, height = 32;
        if (context.Arguments.Count > 3 && !context.TryReadInteger(3, out width)) return false;
        if (context.Arguments.Count > 4 && !context.TryReadInteger(4, out height)) return false;

        var cells = new bool[Math.Clamp(width, 1, LargestWidth)];
        cells[cells.Length / 2] = true;
        for (int row = 0; row < Math.Clamp(height, 1, LargestHeight); row++)
        {
            foreach (bool cell in cells) text.Append(cell ? '*' : ' ');
            text.Append('\n');
            cells = Below(cells);
        }

        text.Append("\nA triangle of triangles, which Waclaw Sierpinski drew in 1915. ");
        return true;
    }

    private static bool[] Below(bool[] cells)
    {
        var below = new bool[cells.Length];
        for (int i = 0; i < cells.Length; i++) below[i] = (i > 0 && cells[i - 1]) ^ (i + 1 < cells.Length && cells[i + 1]);
        return below;
    }
}
