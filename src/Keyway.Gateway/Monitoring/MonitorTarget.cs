using System.Buffers;

namespace Keyway.Gateway.Monitoring;

/// <summary>Another loop that has monitors, and what this loop has for them.</summary>
internal sealed class MonitorTarget
{
    /// <summary>Sent and not delivered yet; counted down by the other loop.</summary>
    public long InTransit;

    public int Monitors { get; set; }

    /// <summary>Of the present turn.</summary>
    public ArrayBufferWriter<byte> Lines { get; set; } = new();
}
