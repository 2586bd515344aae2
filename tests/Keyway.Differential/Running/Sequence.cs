using Keyway.Differential.Commands;

namespace Keyway.Differential.Running;

/// <summary>Requests from a seed, for empty servers.</summary>
internal sealed record Sequence(int Number, int Seed, int Protocol, string Groups, bool IsConcurrent, bool HasOrderedPushes, Call[] Calls);
