using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>What the kernel says a process has used.</summary>
internal static class ProcessFigures
{
    /// <summary>User and system time of all threads together, in nanoseconds.</summary>
    public static long CpuNanoseconds(int processId)
    {
        // schedstat counts nanoseconds, stat counts hundredths of a second. A thread that ends in between is lost to schedstat; the
        // threads that carry load do not end.
        long sum = 0;
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                string figures = File.ReadAllText(Path.Combine(task, "schedstat"));
                sum += long.Parse(figures.AsSpan(0, figures.IndexOf(' ')), CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            return CpuTicks(processId) * 10_000_000;
        }

        return sum;
    }

    public static long ResidentBytes(int processId) => StatusBytes(processId, "VmRSS:");

    /// <summary>The most it has held since <see cref="ForgetPeak"/>.</summary>
    public static long PeakResidentBytes(int processId) => StatusBytes(processId, "VmHWM:");

    public static void ForgetPeak(int processId) => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    private static long CpuTicks(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (IOException)
        {
            return 0;
        }

        // pid (name, which may hold blanks) state ppid … ; utime and stime are the 12th and 13th after the name.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static long StatusBytes(int processId, string field)
    {
        foreach (string line in File.ReadLines($"/proc/{processId}/status"))
        {
            if (!line.StartsWith(field, StringComparison.Ordinal)) continue;
            string kilobytes = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
        }

        return 0;
    }
}
