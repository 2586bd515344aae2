using System.Buffers.Binary;
using System.Text;

namespace Keyway.Differential.Fuzz;

/// <summary>Payloads of DUMP that were damaged, with a checksum as if they were not.</summary>
internal sealed class PayloadMutator(int seed, IReadOnlyList<string> payloads)
{
    private const int FooterBytes = 10;      // the version, the checksum
    private const int HighestType = 21;

    // Where lengths, encodings and ends are read: what means something else there.
    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xBF, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xDF, 0xE0, 0xEF, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xFD, 0xFE, 0xFF];

    private static readonly byte[][] Lengths =
    [
        [0x81, 0x40, 0, 0, 0, 0, 0, 0, 0], [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0x7F, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF], [0x00], [0x81, 0, 0, 0, 1, 0, 0, 0, 0],
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var body = new List<byte>(Body());
        for (int i = _random.Next(4); i >= 0; i--) Damage(body);
        return Sealed([.. body]);
    }

    /// <summary>With version and checksum, as DUMP ends.</summary>
    public static string Sealed(byte[] body)
    {
        byte[] payload = new byte[body.Length + FooterBytes];
        body.CopyTo(payload, 0);
        payload[body.Length] = 10;
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(body.Length + 2), Crc64.Of(payload.AsSpan(0, body.Length + 2)));
        return Encoding.Latin1.GetString(payload);
    }

    private byte[] Body()
    {
        byte[] payload = Encoding.Latin1.GetBytes(payloads[_random.Next(payloads.Count)]);
        return payload[..^FooterBytes];
    }

    private void Damage(List<byte> body)
    {
        if (body.Count == 0) return;
        int at = _random.Next(body.Count);
        int length = Math.Min(_random.Next(1, 12), body.Count - at);
        switch (_random.Next(11))
        {
            case 0:
                body[at] = (byte)_random.Next(256);
                break;
            case 1 or 2:
                body[at] = Telling[_random.Next(Telling.Length)];
                break;
            case 3:
                body[at] = (byte)(body[at] + (_random.Next(2) == 0 ? 1 : -1));
                break;
            case 4:
                body[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 5:
                body.RemoveRange(at, length);
                break;
            case 6:
                body.InsertRange(at, body.GetRange(at, length));
                break;
            case 7:
                body.InsertRange(at, Lengths[_random.Next(Lengths.Length)]);
                break;
            case 8:
                body.RemoveRange(at, body.Count - at);
                if (_random.Next(2) == 0) body.AddRange(Body().Skip(at));
                break;
            case 9:
                body[0] = (byte)_random.Next(HighestType + 2);
                break;
            default:
                // The first bytes say how much there is.
                body[Math.Min(body.Count - 1, _random.Next(1, 14))] = Telling[_random.Next(Telling.Length)];
                break;
        }
    }
}
