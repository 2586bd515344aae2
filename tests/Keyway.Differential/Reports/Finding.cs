using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Running;

namespace Keyway.Differential.Reports;

/// <summary>A difference and a script that shows it.</summary>
internal sealed record Finding(Sequence Sequence, string Command, Difference Difference, Call[] Script, bool IsCertain)
{
    private const int ShownCalls = 6;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"--- {Command}: {Difference.Kind} (RESP{Sequence.Protocol}, --seed {Sequence.Seed} --sequence {Sequence.Number}, request {Difference.Index})\n");
        if (!IsCertain) text.Append($"    did not happen again when its {Script.Length} requests were repeated; the last of them:\n");
        int skipped = IsCertain ? 0 : Math.Max(0, Script.Length - ShownCalls);
        foreach (Call call in Script.Skip(skipped)) text.Append(Sequence.IsConcurrent ? $"{call.Connection}> {Line(call)}\n" : $"{Line(call)}\n");
        text.Append($"  redis:  {Shown(Difference.Expected)}\n  keyway: {Shown(Difference.Actual)}\n");
        return text.ToString();
    }

    // What can be executed again is shown as it is.
    private string Line(Call call) => call.ToString() is var line && !IsCertain && line.Length > 300 ? line[..300] + "…" : call.ToString();

    private static string Shown(string reply) => Quoted.Reply(Encoding.Latin1.GetBytes(reply));
}
