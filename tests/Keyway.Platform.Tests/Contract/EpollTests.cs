namespace Keyway.Platform.Tests.Contract;

public sealed class EpollTcpTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => EpollWorlds.New(ThreadedWorld.Kind.Tcp);
}

public sealed class EpollTcpV6Tests : ConnectionContract
{
    protected override LoopWorld NewWorld() => EpollWorlds.New(ThreadedWorld.Kind.TcpV6);
}

public sealed class EpollUnixTests : ConnectionContract
{
    protected override bool CutsShow => false;

    protected override LoopWorld NewWorld() => EpollWorlds.New(ThreadedWorld.Kind.Unix);
}

public sealed class EpollInProcessTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => EpollWorlds.New(ThreadedWorld.Kind.InProcess);
}

internal static class EpollWorlds
{
    public static LoopWorld New(ThreadedWorld.Kind kind)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("epoll is Linux's");
        return new ThreadedWorld(() => EventLoops.Create(TimeProvider.System), kind);
    }
}
