using System.Globalization;
using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>A value of 100 MB, in or out; the client mostly leaves in the middle of it.</summary>
internal sealed class LargeValueTurn(RespClient client, int number, long sequence, Random random, TagRun run)
{
    private const int Bytes = ShardConnection.LargeBytes;

    public void Run(ref RespClient? connection)
    {
        Interlocked.Increment(ref run.Tally.LargeValues);
        bool set = random.Next(2) == 0;
        bool whole = random.Next(3) == 0;
        int until = whole ? Bytes : random.Next(Bytes);
        string key = string.Create(CultureInfo.InvariantCulture, $"{(random.Next(2) == 0 ? 'a' : 'b')}:large:{number}:{sequence}");
        byte[] pattern = TagBytes.Repeat(Encoding.ASCII.GetBytes(key), 64 * 1024 / key.Length * key.Length);

        if (set) Set(key, pattern, until);
        else Get(key, pattern, until);

        if (whole) return;
        Interlocked.Increment(ref run.Tally.Abandoned);
        if (random.Next(2) == 0) client.Abort();
        else client.Dispose();
        connection = null;
    }

    private void Set(string key, byte[] pattern, int until)
    {
        client.Send(Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${Bytes}\r\n"));
        for (int sent = 0; sent < until;)
        {
            int count = Math.Min(pattern.Length, until - sent);
            client.Send(pattern.AsSpan(0, count));
            sent += count;
        }

        if (until < Bytes) return;
        client.Send("\r\n"u8);
        Judge(client.ReadReply(), "+OK\r\n"u8);
    }

    private void Get(string key, byte[] pattern, int until)
    {
        client.Send(RespClient.Encode("GET", key));
        string header = client.ReadLine();
        if (header[0] == '-')
        {
            Judge(Encoding.ASCII.GetBytes(header), default);
            return;
        }

        if (header != $"${Bytes}") run.Tally.CountForeign($"${Bytes}", header);
        byte[] chunk = new byte[pattern.Length];
        for (int have = 0; have < until;)
        {
            int phase = have % pattern.Length;
            int count = client.ReadBytes(chunk.AsSpan(0, Math.Min(pattern.Length - phase, until - have)));
            if (!chunk.AsSpan(0, count).SequenceEqual(pattern.AsSpan(phase, count)))
            {
                run.Tally.CountForeign("the value of " + key, "other bytes in the middle of it");
                throw new EndOfStreamException();
            }

            have += count;
        }

        if (until < Bytes) return;
        for (int have = 0; have < 2;) have += client.ReadBytes(chunk.AsSpan(0, 2 - have));
        Interlocked.Increment(ref run.Tally.Own);
    }

    private void Judge(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> own)
    {
        if (reply.SequenceEqual(own)) Interlocked.Increment(ref run.Tally.Own);
        else if (reply.StartsWith("-TRYAGAIN "u8)) Interlocked.Increment(ref run.Tally.TryAgain);
        else if (reply.StartsWith("-UNCERTAIN "u8)) Interlocked.Increment(ref run.Tally.Uncertain);
        else if (reply[0] == (byte)'-') Interlocked.Increment(ref run.Tally.OtherErrors);
        else run.Tally.CountForeign(Encoding.ASCII.GetString(own), Encoding.ASCII.GetString(reply));
    }
}
