using System.Text;
using Keyway.Gateway.Links;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Tests.Again;

/// <summary>Which replies prove that a request did not run.</summary>
public class RefusalsTests
{
    [Theory]
    [InlineData("-MOVED 3999 127.0.0.1:6381", RefusalCode.Moved)]
    [InlineData("-ASK 3999 127.0.0.1:6381", RefusalCode.Ask)]
    [InlineData("-TRYAGAIN Multiple keys request during rehashing of slot", RefusalCode.TryAgain)]
    [InlineData("-TRYAGAIN shard 's2' has no master (connection refused); not executed", RefusalCode.TryAgain)]
    [InlineData("-READONLY You can't write against a read only replica.", RefusalCode.ReadOnly)]
    [InlineData("-LOADING Redis is loading the dataset in memory", RefusalCode.Loading)]
    [InlineData("-LOADING Any other server says it in its own way", RefusalCode.Loading)]
    [InlineData("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", RefusalCode.MasterDown)]
    [InlineData("-CLUSTERDOWN Hash slot not served", RefusalCode.ClusterDown)]
    public void A_refusal_is_known_by_its_code(string reply, object code) => Assert.Equal((RefusalCode)code, CodeOf(reply, "set"));

    [Theory]
    [InlineData("-ERR unknown command")]
    [InlineData("-WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("-OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("-UNCERTAIN shard 's2' gave no reply (silent for 2s); may have been executed")]
    [InlineData("-MOVEDX 3999 127.0.0.1:6381")]
    [InlineData("-Moved 3999 127.0.0.1:6381")]
    [InlineData("-LOADINGS of data")]
    [InlineData("-LOADING")]
    [InlineData("-MASTER is down")]
    [InlineData("- LOADING it")]
    [InlineData("-  ")]
    [InlineData("-")]
    [InlineData("-M")]
    public void Any_other_error_may_come_from_a_request_that_ran(string reply) => Assert.Equal(RefusalCode.None, CodeOf(reply, "set"));

    [Theory]
    [InlineData("eval", "-MOVED 3999 127.0.0.1:6381", RefusalCode.Moved)]
    [InlineData("evalsha", "-ASK 0 [::1]:1", RefusalCode.Ask)]
    [InlineData("fcall", "-MOVED 16383 :6379", RefusalCode.Moved)]
    [InlineData("eval", "-TRYAGAIN Multiple keys request during rehashing of slot", RefusalCode.TryAgain)]
    [InlineData("evalsha", "-NOSCRIPT No matching script. Please use EVAL.", RefusalCode.NoScript)]
    [InlineData("eval_ro", "-LOADING Redis is loading the dataset in memory", RefusalCode.Loading)]
    [InlineData("eval", "-CLUSTERDOWN The cluster is down", RefusalCode.ClusterDown)]
    [InlineData("fcall", "-READONLY You can't write against a read only replica.", RefusalCode.ReadOnly)]
    public void Of_a_script_the_servers_exact_words_are_taken(string command, string reply, object code) =>
        Assert.Equal((RefusalCode)code, CodeOf(reply, command));

    [Theory]
    [InlineData("-MOVED to Rome")]
    [InlineData("-MOVED 3999")]
    [InlineData("-MOVED 3999 127.0.0.1")]
    [InlineData("-MOVED 16384 127.0.0.1:6381")]
    [InlineData("-MOVED 03999 127.0.0.1:6381")]
    [InlineData("-MOVED -1 127.0.0.1:6381")]
    [InlineData("-MOVED 3999 127.0.0.1:65536")]
    [InlineData("-MOVED 3999 127.0.0.1:6381 ")]
    [InlineData("-MOVED 3999 127.0.0.1:6381 script: 5a1b, on @user_script:1.")]
    [InlineData("-MOVED 3999  127.0.0.1:6381")]
    [InlineData("-MOVED  3999 127.0.0.1:6381")]
    [InlineData("-ASK me anything")]
    [InlineData("-TRYAGAIN later")]
    [InlineData("-TRYAGAIN shard 's2' has no master (connection refused); not executed")]
    [InlineData("-NOSCRIPT for this play")]
    [InlineData("-LOADING the cart: no such item")]
    [InlineData("-CLUSTERDOWN Hash slot not served today")]
    [InlineData("-READONLY You can't write against a read only replica. script: 5a1b, on @user_script:1.")]
    public void A_scripts_own_words_prove_nothing(string reply)
    {
        Assert.Equal(RefusalCode.None, CodeOf(reply, "eval"));
        Assert.Equal(RefusalCode.None, CodeOf(reply, "evalsha"));
        Assert.Equal(RefusalCode.None, CodeOf(reply, "fcall"));
        Assert.Equal(RefusalCode.None, CodeOf(reply, CommandTable.LearnedId));
    }

    [Theory]
    [InlineData("-READONLY You can't write against a read only replica.")]
    [InlineData("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")]
    public void What_pcall_hands_to_a_script_proves_nothing(string reply) => Assert.Equal(RefusalCode.None, CodeOf(reply, "eval"));

    private static RefusalCode CodeOf(string reply, string command) => CodeOf(reply, CommandTable.Find(Encoding.ASCII.GetBytes(command))!.Id);

    private static RefusalCode CodeOf(string reply, int command) => Refusals.CodeOf(Encoding.ASCII.GetBytes(reply + "\r\n"), command);
}
