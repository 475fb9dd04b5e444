using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What libraries a system has for the modules of an environment: this machine, or any of a platform.</summary>
internal abstract class NativeSystem(Target target)
{
    /// <summary>What the environment is for.</summary>
    public Target Target { get; } = target;

    /// <summary>The format of its modules.</summary>
    public NativeFormat Format => Target.Platform.SysPlatform switch
    {
        "win32" => NativeFormat.Pe,
        "darwin" => NativeFormat.MachO,
        _ => NativeFormat.Elf,
    };

    /// <summary>The machine, in the words of runtime identifiers.</summary>
    public string Machine => Target.Platform.RuntimeIdentifier[(Target.Platform.RuntimeIdentifier.LastIndexOf('-') + 1)..];

    /// <summary>The glibc, or the version of macOS, that modules may ask for; null where neither is known.</summary>
    public PlatformFloor? Floor => Target.Platform.FloorName == "musl" ? null : Target.Platform.Floor;

    /// <summary>Whether it is this machine, of which everything is known.</summary>
    public abstract bool IsHere { get; }

    /// <summary>Whether names of files differ only by more than their case.</summary>
    public bool IgnoresCase => Format != NativeFormat.Elf;

    /// <summary>Where the loader looks for a library that a file asks for, in its order: in the environment, or absolute where it is outside.</summary>
    public abstract IEnumerable<string> PlacesOf(string library, LoadedFile by);

    /// <summary>Whether the system has a library, though nobody can say where.</summary>
    public abstract bool Has(string library);

    /// <summary>The interpreter, as the file that loads modules; null where it cannot be looked at.</summary>
    public virtual LoadedFile? Importer => null;

    /// <summary>The libraries that are loaded before any module is, by the names that they are asked for by: those of the interpreter.</summary>
    public virtual IReadOnlyDictionary<string, LoadedFile?> Loaded { get; } = new Dictionary<string, LoadedFile?>(StringComparer.Ordinal);

    /// <summary>A file outside the environment; null where there is none, or the loader passes over it as it is for another machine.</summary>
    public virtual NativeImage? Open(string path) => null;

    /// <summary>What is known of where a missing library is to be had; null where nothing is.</summary>
    public abstract string? RemedyFor(IReadOnlyCollection<string> libraries);

    /// <summary>Where a missing library is all the same, and why it is not found there; null where it is not.</summary>
    public virtual string? TraceOf(string library) => null;

    /// <summary>This machine, for the environments of an interpreter of it.</summary>
    public static NativeSystem Of(Interpreter interpreter) =>
        OperatingSystem.IsLinux() ? new LinuxLoader(interpreter) : new KnownSystem(interpreter.ToTarget(), isHere: true);

    /// <summary>Any machine of a target's platform.</summary>
    public static NativeSystem Of(Target target) => new KnownSystem(target, isHere: false);
}
