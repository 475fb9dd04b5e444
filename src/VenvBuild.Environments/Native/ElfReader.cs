namespace VenvBuild.Environments;

/// <summary>Reads the dynamic section of an ELF file (System V ABI, "Dynamic Linking"; GNU symbol versioning in the Linux Standard Base, 10.7).</summary>
internal static class ElfReader
{
    private const int MaxHeaders = 512;
    private const int MaxDynamic = 4096;
    private const int MaxNeeded = 1024;
    private const int MaxVersions = 4096;

    private const int Load = 1;
    private const int Dynamic = 2;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static NativeImage Read(NativeBytes bytes)
    {
        var is64 = bytes.Byte(4) switch
        {
            1 => false,
            2 => true,
            _ => throw new InvalidDataException("its class is unknown"),
        };
        bytes.IsBigEndian = bytes.Byte(5) switch
        {
            1 => false,
            2 => true,
            _ => throw new InvalidDataException("its byte order is unknown"),
        };
        var image = new NativeImage { Format = NativeFormat.Elf, Machine = MachineOf(bytes.UInt16(18), is64, bytes.IsBigEndian) };
        var segments = Segments(bytes, is64);
        return segments.Find(segment => segment.Kind == Dynamic) is { Size: > 0 } section ? new Section(bytes, is64, segments, section).Read(image) : image;
    }

    private static string MachineOf(ushort machine, bool is64, bool isBigEndian) => (machine, is64, isBigEndian) switch
    {
        (62, true, false) => "x64",
        (62, false, false) => "x32",
        (3, false, false) => "x86",
        (183, true, false) => "arm64",
        (40, false, false) => "arm",
        (243, true, false) => "riscv64",
        (21, true, false) => "ppc64le",
        (22, true, true) => "s390x",
        (258, true, false) => "loongarch64",
        _ => FormattableString.Invariant($"ELF machine {machine}"),
    };

    private static List<Segment> Segments(NativeBytes bytes, bool is64)
    {
        var start = is64 ? bytes.Int64(32) : bytes.UInt32(28);
        var size = bytes.UInt16(is64 ? 54 : 42);
        var count = bytes.UInt16(is64 ? 56 : 44);
        if (count == 0)
            return [];
        if (size < (is64 ? 56 : 32) || count > MaxHeaders)
            throw new InvalidDataException("its headers are damaged");
        var segments = new List<Segment>(count);
        for (var i = 0; i < count; i++)
        {
            var at = start + (i * size);
            segments.Add(is64
                ? new((int)bytes.UInt32(at), bytes.Int64(at + 8), bytes.Int64(at + 16), bytes.Int64(at + 32))
                : new((int)bytes.UInt32(at), bytes.UInt32(at + 4), bytes.UInt32(at + 8), bytes.UInt32(at + 16)));
        }

        return segments;
    }

    private readonly record struct Segment(int Kind, long Offset, long Address, long Size);

    /// <summary>The dynamic section, whose entries name places in memory.</summary>
    private sealed class Section(NativeBytes bytes, bool is64, List<Segment> segments, Segment section)
    {
        private const long Needed = 1, Strings = 5, StringsSize = 10, SoName = 14, RPath = 15, RunPath = 29, Flags = 0x6FFFFFFB;
        private const long VersionsDefined = 0x6FFFFFFC, VersionsDefinedCount = 0x6FFFFFFD, VersionsNeeded = 0x6FFFFFFE, VersionsNeededCount = 0x6FFFFFFF;

        private long _strings;
        private long _stringsEnd;

        public NativeImage Read(NativeImage image)
        {
            var needed = new List<long>();
            var single = new Dictionary<long, long>();
            var step = is64 ? 16 : 8;
            var count = Math.Min(section.Size / step, MaxDynamic);
            for (var i = 0; i < count; i++)
            {
                var at = section.Offset + (i * step);
                var tag = Number(at);
                if (tag == 0)
                    break;
                // Other tags may hold any value at all.
                if (tag == Needed && needed.Count < MaxNeeded)
                    needed.Add(Number(at + (step / 2)));
                else if (tag is Strings or StringsSize or SoName or RPath or RunPath or Flags or >= VersionsDefined and <= VersionsNeededCount)
                    single[tag] = Number(at + (step / 2));
            }

            if (!single.TryGetValue(Strings, out var strings))
                return image;
            _strings = OffsetOf(strings);
            _stringsEnd = _strings + single.GetValueOrDefault(StringsSize);
            // The newer kind of path takes the older one's place (ld.so(8)).
            var hasRunPath = single.TryGetValue(RunPath, out var run);
            var paths = hasRunPath || single.TryGetValue(RPath, out run) ? Text(run) : "";
            const long skipsDefaults = 0x800;
            return image with
            {
                Name = single.TryGetValue(SoName, out var name) ? Text(name) : null,
                Needed = [.. needed.Select(Text)],
                SearchPaths = paths.Split(':', StringSplitOptions.RemoveEmptyEntries),
                HandsDownPaths = !hasRunPath,
                SkipsDefaults = (single.GetValueOrDefault(Flags) & skipsDefaults) != 0,
                Versions = single.GetValueOrDefault(VersionsNeededCount) is > 0 and var needs ? SymbolVersion.Newest(Asked(OffsetOf(single.GetValueOrDefault(VersionsNeeded)), needs)) : [],
                Defined = single.GetValueOrDefault(VersionsDefinedCount) is > 0 and var has ? [.. Defined(OffsetOf(single.GetValueOrDefault(VersionsDefined)), has)] : [],
            };
        }

        private IEnumerable<SymbolVersion> Asked(long at, long count)
        {
            var left = MaxVersions;
            for (; count > 0 && left > 0; count--)
            {
                var library = Text(bytes.UInt32(at + 4));
                var version = at + bytes.UInt32(at + 8);
                for (var versions = bytes.UInt16(at + 2); versions > 0 && left > 0; versions--, left--)
                {
                    const int weak = 2;
                    if ((bytes.UInt16(version + 4) & weak) == 0)
                        yield return new(library, Text(bytes.UInt32(version + 8)));
                    version += bytes.UInt32(version + 12);
                }

                at += bytes.UInt32(at + 12);
            }
        }

        private IEnumerable<string> Defined(long at, long count)
        {
            for (var left = Math.Min(count, MaxVersions); left > 0; left--)
            {
                yield return Text(bytes.UInt32(at + bytes.UInt32(at + 12)));
                at += bytes.UInt32(at + 16);
            }
        }

        private long Number(long at) => is64 ? Wide(at) : bytes.UInt32(at);

        /// <summary>Values of entries that nobody asks for may use every bit.</summary>
        private long Wide(long at)
        {
            var (low, high) = bytes.IsBigEndian ? (bytes.UInt32(at + 4), bytes.UInt32(at)) : (bytes.UInt32(at), bytes.UInt32(at + 4));
            return (long)(((ulong)high << 32) | low);
        }

        private string Text(long at) => at >= 0 && at < _stringsEnd - _strings ? bytes.Text(_strings + at, _stringsEnd) : throw new InvalidDataException("a name is outside its table");

        private long OffsetOf(long address)
        {
            foreach (var segment in segments)
            {
                if (segment.Kind == Load && address >= segment.Address && address - segment.Address < segment.Size)
                    return segment.Offset + (address - segment.Address);
            }

            throw new InvalidDataException("an address is in no segment");
        }
    }
}
