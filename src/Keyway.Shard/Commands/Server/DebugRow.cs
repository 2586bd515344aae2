namespace Keyway.Shard.Commands.Server;

/// <summary>A subcommand of DEBUG: its name and how many arguments the whole request may have.</summary>
internal sealed unsafe class DebugRow(string name, int leastArguments, int mostArguments, delegate*<ref CommandContext, void> run)
{
    private readonly delegate*<ref CommandContext, void> _run = run;

    public string Name => name;

    public int LeastArguments => leastArguments;

    public int MostArguments => mostArguments;

    public void Run(ref CommandContext context) => _run(ref context);
}
