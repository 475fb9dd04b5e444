using System.Globalization;

namespace VenvBuild.Environments;

/// <summary>Where things are in an environment (PEP 405, sysconfig's venv scheme), which depends on the system it is for.</summary>
/// <param name="IsWindows">Whether it is for Windows.</param>
/// <param name="Major">Python's major version.</param>
/// <param name="Minor">Python's minor version.</param>
/// <param name="IsFreeThreaded">Whether Python runs without the GIL, which has a library folder of its own on POSIX.</param>
public sealed record VenvLayout(bool IsWindows, int Major, int Minor, bool IsFreeThreaded)
{
    private string Python => string.Create(CultureInfo.InvariantCulture, $"python{Major}.{Minor}{(IsFreeThreaded ? "t" : "")}");

    /// <summary>The layout of an interpreter's environments.</summary>
    public static VenvLayout Of(Interpreter interpreter) =>
        new(interpreter.IsWindows, interpreter.Major, interpreter.Minor, interpreter.IsFreeThreaded);

    /// <summary>The folder of commands.</summary>
    public string Scripts => IsWindows ? "Scripts" : "bin";

    /// <summary>The folder of modules, relative to the environment.</summary>
    public string SitePackages => IsWindows ? "Lib/site-packages" : $"lib/{Python}/site-packages";

    /// <summary>The interpreter, relative to the environment.</summary>
    public string Executable => IsWindows ? "Scripts/python.exe" : "bin/python";

    /// <summary>From the folder of modules up to the environment: how RECORD names what is outside.</summary>
    internal string UpFromSitePackages => IsWindows ? "../../" : "../../../";

    /// <summary>Where a file of a layer goes, relative to the environment, with <c>/</c>.</summary>
    internal string PlaceOf(Layer layer, InstallScheme scheme, string path) => scheme switch
    {
        InstallScheme.Scripts => $"{Scripts}/{path}",
        InstallScheme.Data => path,
        InstallScheme.Headers => IsWindows ? $"Include/{layer.Name}/{path}" : $"include/site/{Python}/{layer.Name}/{path}",
        _ => $"{SitePackages}/{path}",
    };

    /// <summary>How RECORD names a place in the environment.</summary>
    internal string RecordPath(string place) =>
        place.StartsWith(SitePackages, StringComparison.Ordinal) && place.Length > SitePackages.Length && place[SitePackages.Length] == '/'
            ? place[(SitePackages.Length + 1)..]
            : UpFromSitePackages + place;

    /// <summary>The other names of the interpreter, beside it.</summary>
    internal IReadOnlyList<string> Aliases => IsWindows ? [] : ["python3", Python];
}
