using System.Globalization;

namespace VenvBuild.Server;

/// <summary>What went, or would go.</summary>
internal sealed record GarbageReport(bool IsDry, int Environments, int Layers, int Leftovers, long FreedBytes, long LeftBytes, long CacheBytes)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsDry ? "Would remove" : "Removed")} {Environments} environments, {Layers} layers and {Leftovers} leftovers, {FreedBytes / 1048576d:F1} MiB; {LeftBytes / 1048576d:F1} MiB of layers {(IsDry ? "would be" : "are")} left. {CacheBytes / 1048576d:F1} MiB went from caches.");
}
