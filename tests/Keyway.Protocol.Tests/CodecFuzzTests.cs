using Keyway.Testing;

namespace Keyway.Protocol.Tests;

public sealed class CodecFuzzTests
{
    [Fact]
    public void Valid_and_damaged_streams_read_the_same_whole_and_in_pieces()
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            try
            {
                new RespFuzz(seed).CheckNext();
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure}");
            }
        }
    }

    [Fact]
    public void Undamaged_replies_are_never_refused()
    {
        for (int seed = 0; seed < 5000; seed++)
        {
            string transcript = RespFuzz.TranscribeReplies(new RespFuzz(seed).NextReplies(), []);
            Assert.False(transcript.Contains("error at", StringComparison.Ordinal), $"seed {seed}: {transcript}");
        }
    }

    [Fact]
    public void The_same_seed_makes_the_same_streams()
    {
        Assert.Equal(new RespFuzz(7).NextRequests(), new RespFuzz(7).NextRequests());
        Assert.Equal(new RespFuzz(7).NextReplies(), new RespFuzz(7).NextReplies());
    }

    [Fact]
    public void No_byte_behind_the_input_is_ever_looked_at()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guarded memory is asked of Linux");
        using var guarded = new GuardedBytes(64 * 1024);
        int whole = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            var fuzz = new RespFuzz(seed);
            byte[] requests = seed % 2 == 0 ? fuzz.NextRequests() : fuzz.Mutate(fuzz.NextRequests());
            byte[] replies = seed % 2 == 0 ? fuzz.NextReplies() : fuzz.Mutate(fuzz.NextReplies());
            int[] cuts = requests.Length > 300 ? fuzz.NextCuts(requests.Length) : RespFuzz.EveryByte(requests.Length);
            foreach (int cut in cuts)
            {
                var reader = new RequestReader();
                if (reader.Read(guarded.Hold(requests.AsSpan(0, cut))) == RequestStatus.Complete) whole++;
            }

            cuts = replies.Length > 300 ? fuzz.NextCuts(replies.Length) : RespFuzz.EveryByte(replies.Length);
            foreach (int cut in cuts)
            {
                var scanner = new ReplyScanner();
                if (scanner.Scan(guarded.Hold(replies.AsSpan(0, cut)), out _) == ReplyStatus.Complete) whole++;
            }
        }

        Assert.True(whole > 1000, "the streams hold many whole requests and replies");
    }
}
