namespace VenvBuild.Load;

/// <summary>Figures of samples.</summary>
internal static class Figures
{
    /// <summary>The value that a share of the samples does not exceed.</summary>
    public static double Percentile(IReadOnlyList<double> samples, double share)
    {
        var sorted = samples.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * share) - 1, 0, sorted.Count - 1)];
    }

    public static double Median(IReadOnlyList<double> samples) => Percentile(samples, 0.5);

    /// <summary>The memory that a process holds, in MiB; the highest it ever held where <paramref name="isPeak"/>.</summary>
    public static double MemoryOf(int process, bool isPeak = false)
    {
        var field = isPeak ? "VmHWM:" : "VmRSS:";
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), System.Globalization.CultureInfo.InvariantCulture) / 1024d;
    }
}
