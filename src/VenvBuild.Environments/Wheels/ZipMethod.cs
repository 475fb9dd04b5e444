namespace VenvBuild.Environments;

/// <summary>The compression methods that a wheel may use (APPNOTE.TXT 4.4.5).</summary>
internal static class ZipMethod
{
    public const ushort Stored = 0;
    public const ushort Deflate = 8;
    public const ushort Zstandard = 93;
}
