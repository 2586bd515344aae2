using System.Diagnostics;
using System.Globalization;

namespace Keyway.Metrics;

/// <summary>What the system says of this process.</summary>
internal static class ProcessMetrics
{
    private const string MaxFdsLine = "Max open files";

    private static readonly string? MaxFds = ReadMaxFds();

    public static void AddTo(MetricSet set)
    {
        using Process process = Process.GetCurrentProcess();
        set.Add(MetricTable.ProcessCpu, process.TotalProcessorTime.TotalSeconds);
        set.Add(MetricTable.ProcessStart, new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        set.Add(MetricTable.ProcessWorkingSet, process.WorkingSet64);
        set.Add(MetricTable.ProcessResident, process.WorkingSet64);
        set.Add(MetricTable.ProcessPrivate, process.PrivateMemorySize64);
        set.Add(MetricTable.ProcessVirtual, process.VirtualMemorySize64);
        set.Add(MetricTable.ProcessThreads, process.Threads.Count);
        set.Add(MetricTable.ProcessHandles, process.HandleCount);
        if (!OperatingSystem.IsLinux()) return;

        set.Add(MetricTable.ProcessOpenFds, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        if (MaxFds is not null) set.Add(MetricTable.ProcessMaxFds, double.Parse(MaxFds, CultureInfo.InvariantCulture));
    }

    // Max open files            1024                 524288               files
    private static string? ReadMaxFds()
    {
        if (!OperatingSystem.IsLinux()) return null;

        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(candidate => candidate.StartsWith(MaxFdsLine, StringComparison.Ordinal));
        string? soft = line?[MaxFdsLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return soft is null or "unlimited" ? null : soft;
    }
}
