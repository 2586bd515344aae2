using Keyway.Differential.Commands;

namespace Keyway.Differential.Running;

/// <summary>How often each command was sent, how often it succeeded, and with which of its options.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, Counts> _byCommand = [];

    public long Sent { get; private set; }

    public long Succeeded { get; private set; }

    public IReadOnlyDictionary<string, Counts> ByCommand => _byCommand;

    public void Count(Call call, bool isError)
    {
        if (!_byCommand.TryGetValue(call.Name, out Counts? counts)) _byCommand[call.Name] = counts = new Counts();
        Sent++;
        counts.Sent++;
        if (isError) return;
        Succeeded++;
        counts.Succeeded++;
        for (int i = 1; i < call.Words.Length && i < 40; i++)
        {
            string word = call.Words[i];
            if (word.Length is > 1 and < 16 && char.IsAsciiLetter(word[0]) && char.IsAsciiLetter(word[^1])) counts.Options.Add(word.ToUpperInvariant());
        }
    }

    internal sealed class Counts
    {
        public long Sent { get; set; }

        public long Succeeded { get; set; }

        /// <summary>Words that may be options, of requests that succeeded.</summary>
        public HashSet<string> Options { get; } = [];
    }
}
