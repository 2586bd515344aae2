using System.Runtime.CompilerServices;
using Keyway.Protocol;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Room in a reader for the text of a member that is kept as a number.</summary>
[InlineArray(RespNumber.MaxLongLength)]
internal struct MemberDigits
{
    private byte _first;
}
