using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keyway.Platform.Tls;

/// <summary>
/// A connection over a connection: what comes on the inner one is decrypted for the handler, what the handler sends is encrypted for it. Its SslStream
/// lives on the loop's thread: each of its operations is begun, fed and looked at by this class, and completes within one of those calls.
/// </summary>
/// <remarks>
/// The handler is never called from within SslStream's own frames, so what it throws reaches the loop and cannot break the stream's state. With a
/// synchronization context set, SslStream's continuations would leave for pool threads: where one may be set, it is put aside.
/// </remarks>
internal sealed unsafe class TlsConnection : LoopConnection
{
    // A peer may ask for answers of the protocol itself (new keys, for one) and never read them.
    private const int MaxUnsent = 256 * 1024;

    // What was taken before a close is still sent, if the peer reads it within this time.
    private const int DrainMs = 5000;

    private readonly TransportHandler transportHandler;
    private readonly PumpSignal signal;
    private readonly Action whenCompleted;
    private readonly TlsServerSettings? server;
    private readonly TlsClientSettings? client;
    private readonly string? wantedName;
    private readonly CipherStream cipher = new();

    private Connection transport = null!;
    private SslStream? ssl;
    private Task? handshake;
    private LoopTimer? timer;
    private string? refusal;

    private ValueTask<int> reading;
    private bool isReading;
    private bool isProbing = true;
    private bool isEstablished;
    private bool hasHeard;
    private bool isPumping;
    private bool isWaitingForTurn;
    private bool isPaused;
    private bool inputEnded;
    private bool waitsForRoom;
    private bool isAborted;
    private bool isDraining;

    private TlsConnection(EventLoop loop, ConnectionHandler handler, TlsServerSettings? server, TlsClientSettings? client, string? wantedName)
        : base(loop, handler, isCounted: false)
    {
        this.server = server;
        this.client = client;
        this.wantedName = wantedName;
        transportHandler = new TransportHandler(this);
        signal = new PumpSignal(this);
        whenCompleted = OnCompleted;
    }

    public override bool IsOpen => base.IsOpen && transport.IsOpen;

    public override EndPoint? RemoteEndPoint => transport.RemoteEndPoint;

    public override EndPoint? LocalEndPoint => transport.LocalEndPoint;

    public override int Descriptor => transport.Descriptor;

    public override void GatherPackets(bool isOn) => transport.GatherPackets(isOn);

    public static TlsConnection Accept(EventLoop loop, TlsAccepted accepted, ConnectionHandler handler)
    {
        var connection = new TlsConnection(loop, handler, accepted.Settings, null, null);
        connection.transport = loop.Adopt(accepted.Transport, connection.transportHandler);
        connection.LimitHandshake(accepted.Settings.HandshakeLimit);
        return connection;
    }

    public static TlsConnection Connect(EventLoop loop, EndPoint endPoint, ConnectionHandler handler, TlsClientSettings settings)
    {
        var connection = new TlsConnection(loop, handler, null, settings, settings.WantedName(endPoint));
        connection.transport = loop.Connect(endPoint, connection.transportHandler);
        return connection;
    }

    public override int Send(ReadOnlySpan<byte> bytes) => Send(bytes, []);

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int length = first.Length + second.Length;
        if (!IsOpen || waitsForRoom || length == 0) return 0;
        if (!isEstablished || !Push())
        {
            waitsForRoom = IsOpen;
            return 0;
        }

        int taken = 0;
        byte[] plain = Loop.Tls.Sending;
        while (taken < length && IsOpen)
        {
            int count = Math.Min(length - taken, plain.Length);
            int ofFirst = Math.Clamp(first.Length - taken, 0, count);
            if (ofFirst > 0) first.Slice(taken, ofFirst).CopyTo(plain);
            if (count > ofFirst) second.Slice(taken + ofFirst - first.Length, count - ofFirst).CopyTo(plain.AsSpan(ofFirst));
            if (!TryEncrypt(plain, count)) break;

            taken += count;
            if (!Push()) break;
        }

        waitsForRoom = taken < length && IsOpen;
        return taken;
    }

    // While the two ends are still agreeing, their words must come through.
    public override void PauseReading()
    {
        isPaused = true;
        if (isEstablished) transport.PauseReading();
    }

    public override void ResumeReading()
    {
        if (!isPaused) return;

        isPaused = false;
        if (!isEstablished) return;

        // What was decrypted or kept meanwhile is delivered in a step to come, as from a socket.
        transport.ResumeReading();
        if (base.IsOpen) signal.Raise();
    }

    public override void WatchForHangUp() => transport.WatchForHangUp();

    public override void ProbeAfter(int seconds) => transport.ProbeAfter(seconds);

    public override void Close() => End(null);

    public override void Abort()
    {
        if (!IsOpen) return;

        isAborted = true;
        End(null);
    }

    /// <summary>It ended because the transport did, whose last bytes were delivered then.</summary>
    protected override void ReadLast() { }

    protected override void Release()
    {
        timer?.Cancel();
        timer = null;
        if (isAborted) transport.Abort();
        else if (transport.IsOpen) SayGoodbye();
        DropStream();
    }

    private void SayGoodbye()
    {
        if (isEstablished) TryEndStream();
        if (Push())
        {
            transport.Close();
            return;
        }
        if (!transport.IsOpen) return;

        // Whatever still comes is dropped meanwhile: unread, it would keep the peer from reading too.
        isDraining = true;
        transport.ResumeReading();
        timer = Loop.Schedule(DrainMs, transport.Abort);
    }

    // Lets go of what waits in it, and of its memory.
    private void DropStream()
    {
        if (ssl == null) return;

        cipher.End();
        if (isReading && reading.IsCompleted) TryRead(out _);
        if (handshake is { IsFaulted: true }) _ = handshake.Exception;
        ssl.Dispose();
        cipher.Dispose();
    }

    private void OnTransportConnected()
    {
        if (!base.IsOpen) return;

        LimitHandshake(client!.HandshakeLimit);
        BeginHandshake();
        Pump();
    }

    private void OnTransportReceived(ReadOnlySpan<byte> bytes)
    {
        if (!base.IsOpen) return;

        if (!hasHeard && !IsRecord(bytes[0]))
        {
            End(new TlsException("the peer does not speak TLS", isHandshake: true));
            return;
        }

        hasHeard = true;
        fixed (byte* start = bytes)
        {
            try
            {
                bool mayStep = isEstablished || Loop.Tls.Handshakes.TryTakeTurn(this);
                cipher.Arrive(start, bytes.Length, mayBeRead: mayStep);
                if (isEstablished) Pump();
                else if (mayStep) TakeStep();
                else WaitForTurn();
            }
            finally
            {
                // The handler may throw, and the buffer is the loop's.
                cipher.KeepRest();
            }
        }
    }

    // 20 to 23: a change of ciphers, an alert, a handshake, data. What speaks in letters is a plain client or server.
    private static bool IsRecord(byte first) => first is >= 20 and <= 23;

    /// <summary>It is this connection's turn: what has come for its handshake is looked at.</summary>
    internal void Step()
    {
        isWaitingForTurn = false;
        if (!base.IsOpen) return;

        transport.ResumeReading();
        cipher.Feed();
        TakeStep();
    }

    private void TakeStep()
    {
        long begun = Loop.Time.GetTimestamp();

        // Not before: who connects and says nothing costs next to nothing.
        if (ssl == null) BeginHandshake();
        Pump();
        Loop.Tls.Handshakes.NoteUsed(begun);
    }

    private void WaitForTurn()
    {
        isWaitingForTurn = true;
        transport.PauseReading();
    }

    private void OnTransportEnded()
    {
        if (!base.IsOpen) return;

        if (ssl == null)
        {
            // Connected, looked, and left.
            End(null);
            return;
        }

        cipher.End();
        Pump();
    }

    private void OnTransportWritable()
    {
        if (!Push()) return;

        if (base.IsOpen)
        {
            TellWritable();
        }
        else if (isDraining)
        {
            timer?.Cancel();
            transport.Close();
        }
    }

    private void OnTransportClosed(Exception? error)
    {
        timer?.Cancel();
        End(error);
    }

    private void LimitHandshake(TimeSpan limit) => timer = Loop.Schedule((long)limit.TotalMilliseconds, OnHandshakeTimedOut);

    private void OnHandshakeTimedOut()
    {
        // It is not the peer who is late.
        if (isWaitingForTurn) LimitHandshake(server?.HandshakeLimit ?? client!.HandshakeLimit);
        else End(new TlsException("the peer has not finished its handshake in time", isHandshake: true));
    }

    private void BeginHandshake()
    {
        ssl = new SslStream(cipher, leaveInnerStreamOpen: true);
        try
        {
            handshake = server != null
                ? ssl.AuthenticateAsServerAsync(server.For(Validate), CancellationToken.None)
                : ssl.AuthenticateAsClientAsync(client!.For(wantedName, Validate), CancellationToken.None);
            if (!handshake.IsCompleted) handshake.GetAwaiter().UnsafeOnCompleted(whenCompleted);
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate == null && server is { Clients: not ClientCertificates.Required }) return true;

        refusal = TlsTrust.WhyRefused(certificate, chain, errors, wantedName);
        return refusal == null;
    }

    /// <summary>Goes as far as the bytes do that have come: finishes the handshake, then delivers.</summary>
    private void Pump()
    {
        if (isPumping) return;

        isPumping = true;
        try
        {
            if (isEstablished || TryFinishHandshake()) Deliver();
        }
        finally
        {
            isPumping = false;
        }

        if (base.IsOpen && !Push() && cipher.Unsent.Length > MaxUnsent)
            End(new TlsException("the peer does not read what the protocol owes it", isHandshake: !isEstablished));
    }

    private bool TryFinishHandshake()
    {
        if (handshake is not { IsCompleted: true } || !base.IsOpen) return false;

        try
        {
            handshake.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }

        timer?.Cancel();
        timer = null;
        isEstablished = true;
        if (isPaused) transport.PauseReading();

        // The last word of the handshake goes before the first of the handler's.
        bool hasRoom = Push();
        Loop.Delivering = this;
        if (client != null) Handler.OnConnected();
        if (hasRoom) TellWritable();
        return true;
    }

    private void Deliver()
    {
        while (base.IsOpen && !isPaused && !inputEnded)
        {
            if (!isReading && !TryBeginRead()) return;
            if (!reading.IsCompleted || !TryRead(out int count)) return;

            if (isProbing)
            {
                // There is something, or the end: the next read finds out which.
                isProbing = false;
                continue;
            }

            Loop.Delivering = this;
            if (count > 0)
            {
                isProbing = true;
                Handler.OnReceived(Loop.Tls.Received.AsSpan(0, count));
            }
            else
            {
                inputEnded = true;
                Handler.OnEndOfInput();
            }
        }
    }

    private bool TryBeginRead()
    {
        try
        {
            reading = ssl!.ReadAsync(isProbing ? Memory<byte>.Empty : Loop.Tls.Received);
            isReading = true;
            if (!reading.IsCompleted) reading.GetAwaiter().UnsafeOnCompleted(whenCompleted);
            return true;
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }
    }

    private bool TryRead(out int count)
    {
        isReading = false;
        try
        {
            count = reading.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error)
        {
            Fail(error);
            count = 0;
            return false;
        }
    }

    private bool TryEncrypt(byte[] plain, int count)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context != null) SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            ssl!.Write(plain, 0, count);
            return true;
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }
        finally
        {
            if (context != null) SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void TryEndStream()
    {
        try
        {
            // Nothing in it waits: it is one more record.
            ssl!.ShutdownAsync().GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    // Whatever a peer's bytes make SslStream throw ends this connection, and no other: most are AuthenticationException and IOException, but
    // what the system's library finds wrong has other types too.
    private void Fail(Exception error) => End(new TlsException(refusal ?? error.GetBaseException().Message, isHandshake: !isEstablished, error));

    /// <summary>Hands the transport what is encrypted; false while some of it must wait.</summary>
    private bool Push()
    {
        while (cipher.Unsent is { IsEmpty: false } unsent)
        {
            int sent = transport.Send(unsent);
            cipher.Sent(sent);
            if (sent < unsent.Length) return false;
        }

        return true;
    }

    private void TellWritable()
    {
        if (!waitsForRoom || !IsOpen) return;

        waitsForRoom = false;
        Loop.Delivering = this;
        Handler.OnWritable();
    }

    // All that completes does so while this class feeds it, and is looked at right then. Should something ever come from elsewhere, it is not lost.
    private void OnCompleted()
    {
        if (!Loop.IsCurrent) signal.Raise();
    }

    private void OnSignal()
    {
        if (base.IsOpen) Pump();
    }

    private sealed class TransportHandler(TlsConnection outer) : ConnectionHandler
    {
        public override void OnConnected() => outer.OnTransportConnected();

        public override void OnReceived(ReadOnlySpan<byte> bytes) => outer.OnTransportReceived(bytes);

        public override void OnEndOfInput() => outer.OnTransportEnded();

        public override void OnHangUp()
        {
            if (outer.isPaused) outer.Handler.OnHangUp();
        }

        public override void OnWritable() => outer.OnTransportWritable();

        public override void OnClosed(Exception? error) => outer.OnTransportClosed(error);
    }

    private sealed class PumpSignal(TlsConnection outer) : LoopSignal(outer.Loop)
    {
        protected override void OnRaised() => outer.OnSignal();
    }
}
