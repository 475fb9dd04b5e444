namespace VenvBuild.Index;

/// <summary>The checksum of zip archives: CRC-32 with the polynomial of Ethernet, which the platform has only in an extra package.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = Table[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
