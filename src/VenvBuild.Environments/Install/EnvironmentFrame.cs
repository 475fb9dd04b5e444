using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What of an environment is not its packages: the interpreter that it leads to, and where everything is. It may be for another machine.</summary>
internal sealed record EnvironmentFrame
{
    public required VenvLayout Layout { get; init; }

    /// <summary>The folder of the base interpreter, as pyvenv.cfg names it.</summary>
    public required string Home { get; init; }

    /// <summary>The base interpreter: what the environment's python links to, where it is a link.</summary>
    public required string Executable { get; init; }

    /// <summary>The interpreter's full version, or its minor where more is not known.</summary>
    public required string PythonVersion { get; init; }

    /// <summary>The marker value platform_machine.</summary>
    public required string Machine { get; init; }

    /// <summary>Whether lib64 is a second name of lib.</summary>
    public required bool HasLib64 { get; init; }

    /// <summary>The folder with what is copied as python.exe on Windows; null elsewhere, or where no such Python is at hand.</summary>
    public string? Launchers { get; init; }

    /// <summary>Standard libraries in which launchers of commands are looked for.</summary>
    public IReadOnlyList<string> StandardLibraries { get; init; } = [];

    /// <summary>The installation that becomes part of the environment; null where the environment leads to one elsewhere.</summary>
    public Layer? Python { get; init; }

    /// <summary>The frame of an interpreter of this machine.</summary>
    public static EnvironmentFrame Of(Interpreter interpreter) => new()
    {
        Layout = VenvLayout.Of(interpreter),
        Home = Path.GetDirectoryName(interpreter.Executable)!,
        Executable = interpreter.Executable,
        PythonVersion = interpreter.Markers.PythonFullVersion,
        Machine = interpreter.Markers.PlatformMachine,
        HasLib64 = OperatingSystem.IsLinux() && interpreter.PointerBits == 64,
        Launchers = interpreter.IsWindows ? LaunchersIn(interpreter.StandardLibrary) : null,
        StandardLibraries = [interpreter.StandardLibrary],
    };

    /// <summary>The frame for a machine that is not here.</summary>
    /// <param name="target">What it is for.</param>
    /// <param name="home">Where Python is there, or null for where its usual installer puts it.</param>
    /// <param name="standardLibraries">Standard libraries of this machine, for the launchers in them.</param>
    /// <param name="python">An interpreter for it, or null where none is at hand.</param>
    public static EnvironmentFrame Of(Target target, string? home, IReadOnlyList<string> standardLibraries, ForeignPython? python = null)
    {
        var layout = new VenvLayout(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
        home ??= target.Platform.SysPlatform switch
        {
            "win32" => $@"C:\Program Files\Python{target.Python.Major}{target.Python.Minor}",
            "darwin" => $"/Library/Frameworks/Python{(target.IsFreeThreaded ? "T" : "")}.framework/Versions/{target.Python}/bin",
            _ => "/usr/bin",
        };
        return new()
        {
            Layout = layout,
            Home = home,
            Executable = target.Platform.IsWindows ? $@"{home}\python.exe" : $"{home}/{layout.Aliases[^1]}",
            PythonVersion = target.Python.ToString(),
            Machine = target.Platform.PlatformMachine,
            HasLib64 = target.Platform.SysPlatform == "linux",
            Launchers = python is not null && target.Platform.IsWindows ? LaunchersIn(python.StandardLibrary) : null,
            StandardLibraries = python is null ? standardLibraries : [python.StandardLibrary, .. standardLibraries],
        };
    }

    /// <summary>What is copied as <c>python.exe</c> or <c>pythonw.exe</c> into an environment for Windows; null where there is no such thing.</summary>
    public string? LauncherOf(string name)
    {
        // It has a name of its own since 3.13, where one without the GIL stands beside it.
        var own = name == "pythonw.exe" ? "venvwlauncher" : "venvlauncher";
        return Launchers is null ? null
            : new[] { $"{own}{(Layout.IsFreeThreaded ? "t" : "")}.exe", name }.Select(file => Path.Combine(Launchers, file)).FirstOrDefault(File.Exists);
    }

    private static string LaunchersIn(string standardLibrary) => Path.Combine(standardLibrary, "venv", "scripts", "nt");
}
