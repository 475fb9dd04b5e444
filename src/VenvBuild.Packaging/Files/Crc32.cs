using System.Buffers.Binary;

namespace VenvBuild.Packaging;

/// <summary>The checksum of zip archives (ISO 3309), eight bytes a step; the platform has it only in an extra package.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>Carries a checksum on over more bytes; begin with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var (t0, t1, t2, t3) = (Tables[0], Tables[1], Tables[2], Tables[3]);
        var (t4, t5, t6, t7) = (Tables[4], Tables[5], Tables[6], Tables[7]);
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t7[(byte)low] ^ t6[(byte)(low >> 8)] ^ t5[(byte)(low >> 16)] ^ t4[low >> 24]
                ^ t3[(byte)high] ^ t2[(byte)(high >> 8)] ^ t1[(byte)(high >> 16)] ^ t0[high >> 24];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = (crc >> 8) ^ t0[(byte)(crc ^ b)];
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var k = 0; k < 8; k++)
        {
            tables[k] = new uint[256];
            for (var n = 0u; n < 256; n++)
            {
                var value = k == 0 ? n : tables[k - 1][n];
                for (var bit = 0; bit < 8 && k == 0; bit++)
                    value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
                tables[k][n] = k == 0 ? value : (value >> 8) ^ tables[0][(byte)value];
            }
        }

        return tables;
    }
}
