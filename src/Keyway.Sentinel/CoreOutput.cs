using System.Globalization;
using System.Net;
using Keyway.Platform.Disks;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel;

/// <summary>Carries out what the core decides.</summary>
internal sealed class CoreOutput(SentinelServer server) : ISentinelOutput
{
    private const string ClockFormat = "ddd MMM d HH:mm:ss yyyy";

    public void OpenLink(Instance instance, InstanceLink link, LinkKind kind) => server.Links.Open(instance, link, kind);

    public void CloseLink(InstanceLink link, LinkKind kind) => server.Links.Close(link, kind);

    public void Send(SentinelRequest request) => server.Links.Send(request);

    public void Publish(SentinelEvent published)
    {
        Log(published.Level, published.Text.Length == 0 ? published.Type : $"{published.Type} {published.Text}");
        if (published.Level == EventLevel.Debug) return;
        server.Events.Publish(published.Type, published.Text);
        if (published is { Level: EventLevel.Warning, Master.NotificationScript: { } script }) RunScript(script, [published.Type, published.Text]);
    }

    public void Log(EventLevel level, string text)
    {
        switch (level)
        {
            case EventLevel.Debug:
                SentinelLog.Debug(server.Logger, text);
                break;
            case EventLevel.Verbose:
                SentinelLog.Verbose(server.Logger, text);
                break;
            case EventLevel.Notice:
                SentinelLog.Notice(server.Logger, text);
                break;
            default:
                SentinelLog.Warning(server.Logger, text);
                break;
        }
    }

    public void FailoverDelayed(MonitoredMaster master, long inMs)
    {
        DateTimeOffset until = server.Loop.Time.GetLocalNow().AddMilliseconds(inMs);
        Log(EventLevel.Notice, $"Next failover delay: I will not start a failover before {until.ToString(ClockFormat, CultureInfo.InvariantCulture)}");
    }

    public bool Persist()
    {
        try
        {
            server.File.Write(server.Core.State.Save());
            server.IsSaved = true;
            SentinelLog.Saved(server.Logger);
        }
        catch (DiskException failed)
        {
            server.IsSaved = false;
            SentinelLog.Warning(server.Logger, $"WARNING: Sentinel was not able to save the new configuration on disk!!!: {failed.Reason}");
        }

        return server.IsSaved;
    }

    public void RunScript(string path, string[] arguments) => server.Scripts.Add(path, arguments);

    public void MasterSwitched(MasterSwitch masterSwitch) => server.OnMasterSwitched?.Invoke(
        new MasterChange(masterSwitch.Name, EndPointOf(masterSwitch.Old), EndPointOf(masterSwitch.New), masterSwitch.ConfigEpoch));

    public void Crash()
    {
        SentinelLog.SimulatedCrash(server.Logger);
        server.OnCrash?.Invoke();
    }

    private static IPEndPoint EndPointOf(ServerAddress address) => new(IPAddress.Parse(address.Ip), address.Port);
}
