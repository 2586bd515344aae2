using Keyway.Differential.Commands;

namespace Keyway.Differential.Comparison;

/// <summary>What one server does and the other does not.</summary>
/// <param name="Index">The request's place in what was executed; its length if only the end shows it.</param>
/// <param name="Call">The request; null if only the end shows it.</param>
/// <param name="Kind">"reply", "connection 2", "state: encoding", "lost"…</param>
internal sealed record Difference(int Index, Call? Call, string Kind, string Expected, string Actual)
{
    /// <summary>The same for differences that most likely have one cause.</summary>
    public string Signature => $"{Call?.Name ?? ""}|{Kind}|{Class(Expected)}|{Class(Actual)}";

    public bool IsState => Kind.StartsWith("state", StringComparison.Ordinal);

    // An error's words without what they quote; of anything else the type.
    private static string Class(string reply)
    {
        if (reply.Length == 0) return "";
        if (reply[0] != '-') return reply[..1] + (reply.StartsWith("$-1", StringComparison.Ordinal) || reply.StartsWith("*-1", StringComparison.Ordinal) ? "-1" : "");
        int quote = reply.IndexOf('\'');
        return quote < 0 ? reply[..Math.Min(reply.Length, 60)] : reply[..quote];
    }
}
