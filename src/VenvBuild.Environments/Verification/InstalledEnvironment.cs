using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What an environment says of itself: what it was made of, for what Python, and in what form.</summary>
internal sealed class InstalledEnvironment
{
    /// <exception cref="DiagnosticException">It is no environment of this tool, or what it says contradicts itself.</exception>
    public InstalledEnvironment(string folder)
    {
        Folder = folder;
        Record = EnvironmentRecord.Read(folder);
        Manifest = EnvironmentRecord.ReadBytes(folder, EnvironmentRecord.ManifestName) is { } bytes ? EnvironmentManifest.Read(bytes, Path.Combine(folder, EnvironmentRecord.ManifestName)) : null;
        var target = Record.Plan.Target;
        Layout = new(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
        HasPython = Record.Form.Contains(SyncOptions.PythonForm, StringComparison.Ordinal);
        HasNoTests = Record.Form.Contains(SyncOptions.TestsForm, StringComparison.Ordinal);
        if (Record.Plan.Key.ToString() != Record.Key)
            throw Refuse($"it says that its key is {Record.Key}, and its wheels, target and options make {Record.Plan.Key}");
        if (Manifest is not null && Manifest.Key != Record.Plan.Key)
            throw Refuse($"its description is of the environment {Manifest.Key}, and it says that it is {Record.Plan.Key}");
    }

    public string Folder { get; }

    public EnvironmentRecord Record { get; }

    /// <summary>The description that it came with; null where it was made here.</summary>
    public EnvironmentManifest? Manifest { get; }

    public VenvLayout Layout { get; }

    /// <summary>Whether Python itself is part of it.</summary>
    public bool HasPython { get; }

    /// <summary>Whether the tests of its distributions were left out.</summary>
    public bool HasNoTests { get; }

    public DiagnosticException Refuse(string why) => EnvironmentRecord.Refuse(Folder, why);
}
