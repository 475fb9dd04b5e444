namespace VenvBuild.Environments;

/// <summary>Reads the import tables of a PE file (PE Format, "The .idata Section", "Delay-Load Import Tables").</summary>
internal static class PeReader
{
    private const int MaxSections = 96;
    private const int MaxImports = 1024;
    private const int ImportTable = 1;

    private const int DelayTable = 13;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static NativeImage Read(NativeBytes bytes)
    {
        var header = bytes.UInt32(0x3C);
        if (bytes.UInt32(header) != 0x4550)
            throw new InvalidDataException("it is a program for DOS");
        var coff = header + 4L;
        var optional = coff + 20;
        var isWide = bytes.UInt16(optional) switch
        {
            0x10B => false,
            0x20B => true,
            _ => throw new InvalidDataException("its header is unknown"),
        };
        var directories = optional + (isWide ? 112 : 96);
        var count = bytes.UInt32(directories - 4);
        var sections = new Sections(bytes, optional + bytes.UInt16(coff + 16), bytes.UInt16(coff + 2));
        var imports = count > ImportTable ? bytes.UInt32(directories + (ImportTable * 8)) : 0;
        var delayed = count > DelayTable ? bytes.UInt32(directories + (DelayTable * 8)) : 0;
        return new NativeImage
        {
            Format = NativeFormat.Pe,
            Machine = MachineOf(bytes.UInt16(coff)),
            Needed = imports == 0 ? [] : [.. Names(bytes, sections, sections.OffsetOf(imports), step: 20, nameAt: 12, origin: 0)],
            // Their first word says whether addresses are relative; in files of 32 bits they may not be.
            Deferred = delayed == 0 ? [] : [.. Names(bytes, sections, sections.OffsetOf(delayed), step: 32, nameAt: 4, isWide || (bytes.UInt32(sections.OffsetOf(delayed)) & 1) != 0 ? 0 : bytes.UInt32(optional + 28))],
        };
    }

    private static IEnumerable<string> Names(NativeBytes bytes, Sections sections, long at, int step, int nameAt, long origin)
    {
        for (var count = 0; bytes.UInt32(at + nameAt) is var name and not 0; at += step)
        {
            if (count++ == MaxImports)
                throw new InvalidDataException("it has too many imports");
            yield return bytes.Text(sections.OffsetOf(name - origin), bytes.Length);
        }
    }

    private static string MachineOf(ushort machine) => machine switch
    {
        0x8664 => "x64",
        0xAA64 => "arm64",
        0x014C => "x86",
        0x01C4 => "arm",
        _ => FormattableString.Invariant($"PE machine {machine}"),
    };

    private sealed class Sections
    {
        private readonly List<(long Address, long Size, long Offset)> _sections = [];

        public Sections(NativeBytes bytes, long table, int count)
        {
            if (count > MaxSections)
                throw new InvalidDataException("it has too many sections");
            for (var i = 0; i < count; i++)
            {
                var at = table + (i * 40);
                _sections.Add((bytes.UInt32(at + 12), bytes.UInt32(at + 16), bytes.UInt32(at + 20)));
            }
        }

        public long OffsetOf(long address)
        {
            foreach (var (start, size, offset) in _sections)
            {
                if (address >= start && address - start < size)
                    return offset + (address - start);
            }

            throw new InvalidDataException("an address is in no section");
        }
    }
}
