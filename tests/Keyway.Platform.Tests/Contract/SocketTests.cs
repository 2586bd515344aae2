using Keyway.Platform.Sockets;

namespace Keyway.Platform.Tests.Contract;

public sealed class SocketTcpTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => new ThreadedWorld(() => new SocketEventLoop(TimeProvider.System), ThreadedWorld.Kind.Tcp);
}

public sealed class SocketUnixTests : ConnectionContract
{
    protected override bool CutsShow => false;

    protected override LoopWorld NewWorld() => new ThreadedWorld(() => new SocketEventLoop(TimeProvider.System), ThreadedWorld.Kind.Unix);
}

public sealed class SocketInProcessTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => new ThreadedWorld(() => new SocketEventLoop(TimeProvider.System), ThreadedWorld.Kind.InProcess);
}
