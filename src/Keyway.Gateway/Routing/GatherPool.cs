using Keyway.Protocol;

namespace Keyway.Gateway.Routing;

/// <summary>Gathers to be used again: a split command allocates nothing once its loop is warm.</summary>
internal sealed class GatherPool(BufferPool buffers)
{
    private const int MostKept = 4096;

    private readonly Stack<Gather> _free = new();

    public Gather Rent() => _free.TryPop(out Gather? gather) ? gather : new Gather(buffers);

    public void Return(Gather gather)
    {
        gather.Free();
        if (_free.Count < MostKept) _free.Push(gather);
    }
}
