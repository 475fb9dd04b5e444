using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Wheels in memory, counted as they are fetched.</summary>
internal sealed class MemorySource : IWheelSource
{
    private readonly ConcurrentDictionary<Sha256Digest, byte[]> _wheels = new();
    private readonly byte[]? _only;
    private int _downloads;

    public MemorySource()
    {
    }

    public MemorySource(byte[] only) => _only = only;

    public int Downloads => _downloads;

    public PlannedWheel Plan(string fileName) => Plan(fileName, _only!);

    public PlannedWheel Plan(WheelMaker maker) => Plan(maker.FileName, maker.ToArray());

    /// <summary>Puts other bytes in a planned wheel's place.</summary>
    public PlannedWheel Replace(PlannedWheel wheel, WheelMaker by)
    {
        _wheels[wheel.Sha256] = by.ToArray();
        return wheel with { Size = null };
    }

    public Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _downloads);
        return destination.WriteAsync(_wheels[wheel.Sha256], cancellationToken).AsTask();
    }

    private PlannedWheel Plan(string fileName, byte[] bytes)
    {
        var digest = Sha256Digest.Of(bytes);
        _wheels[digest] = bytes;
        return new PlannedWheel { File = WheelFileName.Parse(fileName), Sha256 = digest, Size = bytes.Length };
    }
}
