using System.Numerics;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace VenvBuild.Environments;

/// <summary>
/// How layers are compressed (zstd, RFC 8878). What a package repeats lies far apart, such as a script and its debug copy, so matches are
/// looked for over the whole layer as far as a reader must follow: 128 MiB, which is what every decoder takes unasked.
/// </summary>
internal static class LayerCompression
{
    // Measured with zstd itself on the 97 layers of Jupyter (185 MiB): level 6 46.4 MiB, 9 44.4; with matches over the whole layer 40.3, and
    // 38.8 at 9 (2 s of a processor), 37.4 at 15 (14 s), 34.6 at 22 (60 s, which is more than a push should take).
    private const int QuickLevel = 9;
    private const int DenseLevel = 15;
    private const int LargeLevel = 12;
    // The level of what is published takes a second for a few MiB.
    private const long Large = 64 << 20, Huge = 512 << 20;
    private const int LeastWindow = 17;
    private const int MostWindow = 27;
    // What the levels in common use make, whatever the size, where that was not told.
    private const int UsualWindow = 23;

    /// <summary>Compresses what is written, so many bytes, into a stream that stays open.</summary>
    public static CompressionStream Compress(Stream destination, long size, LayerDensity density)
    {
        var level = density == LayerDensity.Quick || size > Huge ? QuickLevel : size > Large ? LargeLevel : DenseLevel;
        var compressor = new CompressionStream(destination, level, leaveOpen: true);
        // The window is memory that whoever reads it must have: no more than there is to look back at.
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, WindowOf(size));
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 1);
        return compressor;
    }

    /// <summary>Decompresses what is read, which makes so many bytes at most: no more memory is taken than that needs.</summary>
    public static DecompressionStream Decompress(Stream source, long size)
    {
        var decompressor = new DecompressionStream(source, leaveOpen: true);
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, Math.Max(WindowOf(size), UsualWindow));
        return decompressor;
    }

    private static int WindowOf(long size) => Math.Clamp(64 - BitOperations.LeadingZeroCount((ulong)Math.Max(size - 1, 1)), LeastWindow, MostWindow);
}
