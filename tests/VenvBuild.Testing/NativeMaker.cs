using System.Buffers.Binary;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>Makes native files as far as loaders look at them: headers and the tables of what is needed, and no code.</summary>
public static class NativeMaker
{
    private const int Page = 0x1000;

    /// <summary>An ELF shared library of 64 bits.</summary>
    /// <param name="needed">DT_NEEDED.</param>
    /// <param name="machine">e_machine; 62 is x86-64 and 183 AArch64.</param>
    /// <param name="runPath">DT_RUNPATH, or null.</param>
    /// <param name="name">DT_SONAME, or null.</param>
    /// <param name="versions">Versions of symbols that are asked for, by library.</param>
    /// <param name="rPath">DT_RPATH, or null.</param>
    public static byte[] Elf(
        string[] needed, ushort machine = 62, string? runPath = null, string? name = null, (string Library, string[] Names)[]? versions = null, string? rPath = null)
    {
        var strings = new List<byte> { 0 };
        var dynamic = new List<(long Tag, long Value)>();
        foreach (var library in needed)
            dynamic.Add((1, Add(library)));
        if (runPath is not null)
            dynamic.Add((29, Add(runPath)));
        if (rPath is not null)
            dynamic.Add((15, Add(rPath)));
        if (name is not null)
            dynamic.Add((14, Add(name)));
        var table = new List<byte>();
        var asked = versions ?? [];
        for (var i = 0; i < asked.Length; i++)
        {
            var size = 16 + (16 * asked[i].Names.Length);
            Put16(table, 1);
            Put16(table, (ushort)asked[i].Names.Length);
            Put32(table, (uint)Add(asked[i].Library));
            Put32(table, 16);
            Put32(table, i + 1 < asked.Length ? (uint)size : 0);
            for (var n = 0; n < asked[i].Names.Length; n++)
            {
                Put32(table, 0);
                Put16(table, 0);
                Put16(table, (ushort)(n + 2));
                Put32(table, (uint)Add(asked[i].Names[n]));
                Put32(table, n + 1 < asked[i].Names.Length ? 16u : 0);
            }
        }

        const int start = 64 + (2 * 56);
        var entries = dynamic.Count + 5;
        var stringsAt = start + (entries * 16);
        var versionsAt = (stringsAt + strings.Count + 7) / 8 * 8;
        dynamic.Add((5, stringsAt));
        dynamic.Add((10, strings.Count));
        dynamic.Add((0x6FFFFFFE, versionsAt));
        dynamic.Add((0x6FFFFFFF, asked.Length));
        dynamic.Add((0, 0));

        var bytes = new List<byte>();
        bytes.AddRange("\u007fELF\u0002\u0001\u0001"u8);
        bytes.AddRange(new byte[9]);
        Put16(bytes, 3);
        Put16(bytes, machine);
        Put32(bytes, 1);
        Put64(bytes, 0);
        Put64(bytes, 64);
        Put64(bytes, 0);
        Put32(bytes, 0);
        foreach (var half in (ReadOnlySpan<ushort>)[64, 56, 2, 64, 0, 0])
            Put16(bytes, half);
        Segment(1, 0, versionsAt + table.Count);
        Segment(2, start, entries * 16);
        foreach (var (tag, value) in dynamic)
        {
            Put64(bytes, tag);
            Put64(bytes, value);
        }

        bytes.AddRange(strings);
        bytes.AddRange(new byte[versionsAt - bytes.Count]);
        bytes.AddRange(table);
        return [.. bytes];

        int Add(string text)
        {
            var at = strings.Count;
            strings.AddRange(Encoding.UTF8.GetBytes(text));
            strings.Add(0);
            return at;
        }

        void Segment(uint kind, long at, long size)
        {
            Put32(bytes, kind);
            Put32(bytes, 4);
            foreach (var number in (ReadOnlySpan<long>)[at, at, at, size, size, 8])
                Put64(bytes, number);
        }
    }

    /// <summary>A DLL of 64 bits.</summary>
    /// <param name="needed">What it imports.</param>
    /// <param name="delayed">What it loads when it first uses it.</param>
    /// <param name="machine">0x8664 is x64, 0xAA64 ARM64.</param>
    public static byte[] Pe(string[] needed, string[]? delayed = null, ushort machine = 0x8664)
    {
        var section = new byte[Page];
        var names = 0x800;
        Imports(0, 20, 12, needed);
        Imports(0x400, 32, 4, delayed ?? []);
        var header = new byte[0x400];
        header[0] = (byte)'M';
        header[1] = (byte)'Z';
        Set32(header, 0x3C, 0x80);
        Set32(header, 0x80, 0x4550);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x84), machine);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x86), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x94), 240);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x98), 0x20B);
        Set32(header, 0x98 + 108, 16);
        Set32(header, 0x98 + 112 + 8, Page);
        if (delayed is not null)
            Set32(header, 0x98 + 112 + (13 * 8), Page + 0x400);
        const int table = 0x98 + 240;
        Set32(header, table + 8, Page);
        Set32(header, table + 12, Page);
        Set32(header, table + 16, Page);
        Set32(header, table + 20, 0x400);
        return [.. header, .. section];

        void Imports(int at, int step, int nameAt, string[] libraries)
        {
            foreach (var library in libraries)
            {
                Set32(section, at, 1);
                Set32(section, at + nameAt, (uint)(Page + names));
                names += Encoding.ASCII.GetBytes(library, section.AsSpan(names)) + 1;
                at += step;
            }
        }
    }

    /// <summary>A library for macOS.</summary>
    /// <param name="needed">LC_LOAD_DYLIB.</param>
    /// <param name="machine">0x01000007 is x86-64, 0x0100000C arm64.</param>
    /// <param name="paths">LC_RPATH.</param>
    /// <param name="oldest">The oldest macOS, as major and minor.</param>
    /// <param name="name">LC_ID_DYLIB, or null.</param>
    public static byte[] MachO(string[] needed, uint machine = 0x0100000C, string[]? paths = null, (byte Major, byte Minor)? oldest = null, string? name = null)
    {
        var commands = new List<byte>();
        var count = 0;
        if (name is not null)
            Command(0x0D, 24, name);
        foreach (var library in needed)
            Command(0x0C, 24, library);
        foreach (var path in paths ?? [])
            Command(0x8000001C, 12, path);
        if (oldest is var (major, minor))
        {
            Put32(commands, 0x32);
            Put32(commands, 24);
            Put32(commands, 1);
            Put32(commands, (uint)((major << 16) | (minor << 8)));
            Put64(commands, 0);
            count++;
        }

        var bytes = new List<byte>();
        foreach (var number in (ReadOnlySpan<uint>)[0xFEEDFACF, machine, 0, 6, (uint)count, (uint)commands.Count, 0, 0])
            Put32(bytes, number);
        bytes.AddRange(commands);
        bytes.AddRange(new byte[64]);
        return [.. bytes];

        void Command(uint kind, int textAt, string text)
        {
            var size = (textAt + Encoding.UTF8.GetByteCount(text) + 8) / 8 * 8;
            var command = new byte[size];
            Set32(command, 0, kind);
            Set32(command, 4, (uint)size);
            Set32(command, 8, (uint)textAt);
            Encoding.UTF8.GetBytes(text, command.AsSpan(textAt));
            commands.AddRange(command);
            count++;
        }
    }

    /// <summary>A Mach-O file for several machines.</summary>
    public static byte[] Universal(params (uint Machine, byte[] Image)[] images)
    {
        var bytes = new byte[Page * (images.Length + 1)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0xCAFEBABE);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)images.Length);
        for (var i = 0; i < images.Length; i++)
        {
            var entry = bytes.AsSpan(8 + (i * 20));
            BinaryPrimitives.WriteUInt32BigEndian(entry, images[i].Machine);
            BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)(Page * (i + 1)));
            BinaryPrimitives.WriteUInt32BigEndian(entry[12..], (uint)images[i].Image.Length);
            images[i].Image.CopyTo(bytes, Page * (i + 1));
        }

        return bytes;
    }

    private static void Set32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Put16(List<byte> bytes, ushort value) => bytes.AddRange([(byte)value, (byte)(value >> 8)]);

    private static void Put32(List<byte> bytes, uint value)
    {
        Put16(bytes, (ushort)value);
        Put16(bytes, (ushort)(value >> 16));
    }

    private static void Put64(List<byte> bytes, long value)
    {
        Put32(bytes, (uint)value);
        Put32(bytes, (uint)(value >> 32));
    }
}
