using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Reads the load commands of a Mach-O file (mach-o/loader.h), or of each in a file for several machines (mach-o/fat.h).</summary>
internal static class MachOReader
{
    private const int MaxMachines = 20;
    private const int MaxCommands = 4096;
    private const int MaxCommandBytes = 1 << 20;

    private const uint Several = 0xCAFEBABE;
    private const uint SeveralLarge = 0xCAFEBABF;
    private const uint One = 0xFEEDFACE;
    private const uint OneLarge = 0xFEEDFACF;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<NativeImage> Read(NativeBytes bytes)
    {
        bytes.IsBigEndian = true;
        var mark = bytes.UInt32(0);
        if (mark is not (Several or SeveralLarge))
            return ReadOne(bytes, 0) is { } image ? [image] : [];
        // A file of Java's begins alike, and has a version in this place that is greater.
        var count = bytes.UInt32(4);
        if (count > MaxMachines)
            return [];
        var images = new List<NativeImage>();
        for (var i = 0; i < count; i++)
        {
            bytes.IsBigEndian = true;
            var start = mark == Several ? bytes.UInt32(8 + (i * 20) + 8) : bytes.Int64(8 + (i * 32) + 8);
            if (ReadOne(bytes, start) is { } slice)
                images.Add(slice);
        }

        return images;
    }

    private static NativeImage? ReadOne(NativeBytes bytes, long start)
    {
        bytes.IsBigEndian = false;
        var mark = bytes.UInt32(start);
        if (mark is not (One or OneLarge))
            return null;
        var image = new NativeImage { Format = NativeFormat.MachO, Machine = MachineOf(bytes.UInt32(start + 4)) };
        var count = bytes.UInt32(start + 16);
        var at = start + (mark == One ? 28 : 32);
        var end = at + Math.Min(bytes.UInt32(start + 20), MaxCommandBytes);
        if (count > MaxCommands)
            throw new InvalidDataException("it has too many commands");
        var (needed, deferred, paths) = (new List<string>(), new List<string>(), new List<string>());
        for (; count > 0; count--)
        {
            var size = bytes.UInt32(at + 4);
            if (size < 8 || size > end - at)
                throw new InvalidDataException("a command leaves its place");
            const uint required = 0x80000000;
            switch (bytes.UInt32(at))
            {
                case 0x0C or 0x1F | required or 0x23 | required:
                    needed.Add(Text());
                    break;
                case 0x18 | required or 0x20:
                    deferred.Add(Text());
                    break;
                case 0x0D:
                    image = image with { Name = Text() };
                    break;
                case 0x1C | required:
                    paths.Add(Text());
                    break;
                case 0x24:
                    image = image with { OldestMacOs = FloorOf(bytes.UInt32(at + 8)) };
                    break;
                case 0x32 when bytes.UInt32(at + 8) == 1:
                    image = image with { OldestMacOs = FloorOf(bytes.UInt32(at + 12)) };
                    break;
            }

            at += size;

            string Text() => bytes.UInt32(at + 8) is var offset && offset < size ? bytes.Text(at + offset, at + size) : throw new InvalidDataException("a name leaves its command");
        }

        return image with { Needed = needed, Deferred = deferred, SearchPaths = paths, HandsDownPaths = true };
    }

    private static PlatformFloor FloorOf(uint version) => new((int)(version >> 16), (int)((version >> 8) & 0xFF));

    private static string MachineOf(uint machine) => machine switch
    {
        0x01000007 => "x64",
        0x0100000C => "arm64",
        7 => "x86",
        12 => "arm",
        _ => FormattableString.Invariant($"Mach-O machine {machine}"),
    };
}
