using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What a program or library says of itself to the loader of its system.</summary>
internal sealed record NativeImage
{
    /// <summary>The format, and with it the system.</summary>
    public required NativeFormat Format { get; init; }

    /// <summary>The machine in the words of runtime identifiers (<c>x64</c>, <c>arm64</c>, <c>x86</c>), or another word where it is none of those.</summary>
    public required string Machine { get; init; }

    /// <summary>The name by which others ask for it (DT_SONAME, LC_ID_DYLIB); null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>The libraries without which it is not loaded.</summary>
    public IReadOnlyList<string> Needed { get; init; } = [];

    /// <summary>The libraries that it can be loaded without, and that are missed only when they are used (delay-load, weak).</summary>
    public IReadOnlyList<string> Deferred { get; init; } = [];

    /// <summary>Where it has its libraries looked for: DT_RUNPATH or else DT_RPATH, LC_RPATH.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Whether the libraries of its libraries are looked for there, too: so with DT_RPATH and LC_RPATH, not with DT_RUNPATH.</summary>
    public bool HandsDownPaths { get; init; }

    /// <summary>Whether the loader's own folders are not meant for it (DF_1_NODEFLIB).</summary>
    public bool SkipsDefaults { get; init; }

    /// <summary>The versions of symbols that it asks for.</summary>
    public IReadOnlyList<SymbolVersion> Versions { get; init; } = [];

    /// <summary>The versions of symbols that it has for others.</summary>
    public IReadOnlyList<string> Defined { get; init; } = [];

    /// <summary>The oldest macOS that it runs on; null for other systems and where it does not say.</summary>
    public PlatformFloor? OldestMacOs { get; init; }

    /// <summary>
    /// Reads a file: one image, or one for each machine where a file holds several (Mach-O). Nothing where it is none, or so damaged that no loader
    /// would take it. What is read is bounded, whatever the file says.
    /// </summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static IReadOnlyList<NativeImage> Read(SafeFileHandle file)
    {
        try
        {
            var bytes = new NativeBytes(file);
            if (bytes.Length < NativeBytes.MinLength)
                return [];
            return bytes.UInt32(0) switch
            {
                0x464C457F => [ElfReader.Read(bytes)],
                _ when bytes.UInt16(0) == 0x5A4D => [PeReader.Read(bytes)],
                _ => MachOReader.Read(bytes),
            };
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>What the file at a path says for a machine; null where there is none for it, or it cannot be read.</summary>
    public static NativeImage? ReadOf(string path, NativeFormat format, string machine)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            using var handle = File.OpenHandle(path);
            return Read(handle).FirstOrDefault(image => image.Format == format && image.Machine == machine);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return null;
        }
    }
}
