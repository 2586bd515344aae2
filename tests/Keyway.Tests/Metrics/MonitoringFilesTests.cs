using System.Text.Json;
using System.Text.RegularExpressions;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.Metrics;

/// <summary>What config/ brings for Prometheus and Grafana asks for what there is.</summary>
public sealed partial class MonitoringFilesTests
{
    private static readonly string Alerts = Path.Combine(SourceTree.Root, "config", "prometheus", "alerts.yml");
    private static readonly string Dashboard = Path.Combine(SourceTree.Root, "config", "grafana", "dashboards", "keyway.json");

    [Fact]
    public void They_ask_for_metrics_that_there_are()
    {
        string contract = File.ReadAllText(Path.Combine(SourceTree.Root, "tests", "Keyway.Tests", "Contract", "contract.golden.txt"));
        foreach (string file in new[] { Alerts, Dashboard })
        {
            string[] names = [.. MetricName().Matches(File.ReadAllText(file)).Select(match => match.Value).Distinct()];
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Matches($@"(?m)\b{Regex.Replace(name, "_bucket$", "")}\b", contract));
        }
    }

    [Fact]
    public void Prometheus_accepts_the_rules()
    {
        Assert.SkipWhen(Promtool.Unavailable is not null, Promtool.Unavailable ?? "");
        Assert.Equal("", Promtool.CheckRules(Alerts));
    }

    [Fact]
    public void The_dashboard_is_whole()
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
    }

    [GeneratedRegex("\\b(?:keyway|process)_[a-z_]+")]
    private static partial Regex MetricName();
}
