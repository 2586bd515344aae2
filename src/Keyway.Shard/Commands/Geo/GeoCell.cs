namespace Keyway.Shard.Commands.Geo;

/// <summary>
/// A cell of the grid over the globe: at step n there are 2^n columns and 2^n rows, whose numbers stand in the bits in turns, the row's first bit lowest. The
/// default is no cell.
/// </summary>
internal readonly record struct GeoCell(ulong Bits, int Step)
{
    /// <summary>The finest grid: its 52 bits are exact as a score.</summary>
    public const int FinestStep = 26;

    private const ulong ColumnBits = 0xAAAAAAAAAAAAAAAA;
    private const ulong RowBits = 0x5555555555555555;

    public bool IsNone => Bits == 0 && Step == 0;

    /// <summary>The first score of this cell.</summary>
    public double FirstScore => Bits << (2 * (FinestStep - Step));

    /// <summary>The first score behind this cell.</summary>
    public double EndScore => (Bits + 1) << (2 * (FinestStep - Step));

    public uint Row => Gather(Bits);

    public uint Column => Gather(Bits >> 1);

    /// <summary>The cell of a score, which may be anything: read as C reads a double as an unsigned number on the processors that Redis runs on.</summary>
    public static GeoCell OfScore(double score)
    {
        const double half = 9223372036854775808.0;
        ulong bits = score < half ? ToSigned(score) : ToSigned(score - half) ^ (1UL << 63);
        return new GeoCell(bits, FinestStep);
    }

    public static GeoCell Of(uint row, uint column, int step) => new(Spread(row) | (Spread(column) << 1), step);

    /// <summary>The cell so many columns to the east and rows to the north, each -1, 0 or 1; behind the edge the grid goes on at the other one.</summary>
    public GeoCell Neighbor(int east, int north)
    {
        ulong used = ulong.MaxValue >> (64 - (2 * Step));
        ulong columns = Shift(Bits & ColumnBits, east, RowBits & used, ColumnBits & used);
        ulong rows = Shift(Bits & RowBits, north, ColumnBits & used, RowBits & used);
        return new GeoCell(columns | rows, Step);
    }

    // The bits between those of a number are filled so that a carry runs through them; to take one away they are filled first.
    private static ulong Shift(ulong number, int by, ulong between, ulong own) => by switch
    {
        > 0 => unchecked(number + between + 1) & own,
        < 0 => unchecked((number | between) - (between + 1)) & own,
        _ => number,
    };

    private static ulong ToSigned(double value) => value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (ulong)(long)value : 1UL << 63;

    private static ulong Spread(uint number)
    {
        ulong bits = number;
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    private static uint Gather(ulong bits)
    {
        bits &= RowBits;
        bits = (bits | (bits >> 1)) & 0x3333333333333333;
        bits = (bits | (bits >> 2)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits >> 4)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits >> 8)) & 0x0000FFFF0000FFFF;
        return (uint)(bits | (bits >> 16));
    }
}
