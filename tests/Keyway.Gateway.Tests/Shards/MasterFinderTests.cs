using System.Net;
using Keyway.Gateway.Shards;

namespace Keyway.Gateway.Tests.Shards;

/// <summary>Who the master is, by what servers say of themselves.</summary>
public class MasterFinderTests
{
    private static readonly ServerAddress A = Server(1);
    private static readonly ServerAddress B = Server(2);
    private static readonly ServerAddress C = Server(3);

    private readonly MasterFinder _finder = new();
    private long _now;

    [Fact]
    public void A_master_alone_is_the_master() => Assert.Equal(A, Look(Master(A, "a"), Replica(B, "a")));

    [Fact]
    public void Silence_is_no_abdication()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Assert.Equal(A, Look(Silent(A), Replica(B, "a")));
        Assert.Null(Look(Replica(A, "b"), Replica(B, "b")));
    }

    [Fact]
    public void One_that_went_on_from_the_masters_history_has_its_place()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Assert.Equal(B, Look(Silent(A), Master(B, "b", "a")));
        Assert.Equal(B, Look(Master(A, "a"), Master(B, "b", "a")));
        Assert.Equal(B, Look(Master(A, "a"), Silent(B)));
    }

    [Fact]
    public void One_that_restarted_after_it_was_left_is_stale_under_any_name()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Look(Silent(A), Master(B, "b", "a"));
        Assert.Equal(B, Look(Master(A, "a2", "a"), Silent(B)));
        Assert.Equal(B, Look(Master(A, "new"), Silent(B)));
    }

    [Fact]
    public void One_that_was_promoted_long_ago_and_left_since_is_stale()
    {
        Look(Master(A, "a"), Replica(B, "a"), Replica(C, "a"));
        Look(Silent(A), Master(B, "b", "a"), Replica(C, "b"));
        Look(Silent(A), Silent(B), Master(C, "c", "b"));
        Assert.Equal(C, Look(Silent(A), Master(B, "b2", "b"), Silent(C)));
    }

    [Fact]
    public void One_that_was_left_and_has_followed_since_may_come_again()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Look(Silent(A), Master(B, "b", "a"));
        Look(Replica(A, "b"), Master(B, "b", "a"));
        Assert.Equal(A, Look(Master(A, "a2", "b"), Silent(B)));
    }

    [Fact]
    public void One_that_restarted_at_once_and_one_that_was_promoted_meanwhile()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Look(Master(A, "a2", "a"), Replica(B, "a"));
        Assert.Equal(B, Look(Master(A, "a2", "a"), Master(B, "b", "a")));
    }

    [Fact]
    public void What_everybody_follows_is_the_master_whatever_it_was()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Look(Silent(A), Master(B, "b", "a"));
        Assert.Equal(A, Look(Master(A, "a"), Replica(B, "a")));
    }

    [Fact]
    public void Without_histories_followers_decide()
    {
        Look(Master(A, ""), Replica(B, "", follows: A), Replica(C, "", follows: A));
        Assert.Equal(B, Look(Master(A, ""), Master(B, ""), Replica(C, "", follows: B)));
    }

    [Fact]
    public void One_that_loads_its_data_is_no_master_yet()
    {
        NodeReport loading = Master(A, "a") with { Trouble = "is loading its data", TroubleKind = Links.FailureKind.Loading };
        Finding finding = _finder.Look([loading, Replica(B, "a")]);
        Assert.Null(finding.Master);
        Assert.Equal(Links.FailureKind.Loading, finding.Kind);
    }

    [Fact]
    public void A_newer_word_from_outside_is_waited_for()
    {
        Look(Master(A, "a"), Replica(B, "a"));
        Assert.True(_finder.Hint(B, 2));
        Assert.Null(Look(Master(A, "a"), Replica(B, "a")));
        Assert.Equal(B, Look(Master(A, "a"), Master(B, "b", "a")));
        Assert.False(_finder.Hint(A, 1));
    }

    private ServerAddress? Look(params NodeReport[] reports)
    {
        _now++;
        return _finder.Look([.. reports.Select(report => report with { AskedTicks = _now })]).Master;
    }

    private static NodeReport Master(ServerAddress server, string history, string former = "") =>
        new(server) { Answered = true, IsMaster = true, History = history, FormerHistory = former };

    private static NodeReport Replica(ServerAddress server, string history, ServerAddress? follows = null) =>
        new(server) { Answered = true, History = history, IsLinked = true, HasData = true, Follows = follows };

    private static NodeReport Silent(ServerAddress server) => new(server) { Trouble = "it does not answer", TroubleKind = Links.FailureKind.Timeout };

    private static ServerAddress Server(int number)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse($"10.0.0.{number}"), 6379);
        return new ServerAddress(endPoint, endPoint.ToString());
    }
}
