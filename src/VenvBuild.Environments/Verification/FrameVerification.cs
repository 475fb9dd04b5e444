using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What the tool itself wrote into an environment: commands, activate scripts, its configuration, and the way to Python or Python itself.</summary>
internal sealed class FrameVerification(InstalledEnvironment environment, FileVerification files)
{
    public void CheckCommands(Layer layer, IReadOnlyList<Layer> layers)
    {
        var owner = $"{layer.Name} {layer.Version}";
        foreach (var point in layer.EntryPoints)
        {
            if (!environment.Layout.IsWindows)
            {
                files.CheckBytes($"{environment.Layout.Scripts}/{point.Name}", CommandScript.Of(point), isExecutable: true, owner);
                continue;
            }

            var place = $"{environment.Layout.Scripts}/{point.Name}.exe";
            var library = Path.Combine(Path.GetDirectoryName(environment.Record.Executable) ?? "", "Lib");
            files.Expect(place, owner);
            if (environment.Record.Launchers?.TryGetValue(place, out var noted) == true)
                CheckLauncher(place, noted, owner);
            else if (WindowsLauncher.Find([library], layers, environment.Record.Plan.Target.Platform.PlatformMachine, point.IsGui) is { } launcher)
                files.CheckBytes(place, WindowsLauncher.Of(point, launcher, environment.HasPython ? @"..\" : ""), isExecutable: true, owner);
            else
                files.Find(EnvironmentFindingKind.Unproven, place, $"'{place}' cannot be checked: the launcher that it was made of is not here.", owner);
        }
    }

    /// <summary>A launcher whose digest was noted when the environment was made, for a machine that has not got what it was made of.</summary>
    private void CheckLauncher(string place, Sha256Digest noted, string? owner)
    {
        files.Expect(place, owner);
        if (files.Entry(place, owner, null) is { } info && files.DigestOf(info.FullName, info.Length, null) != noted)
            files.Find(EnvironmentFindingKind.Changed, place, $"'{place}' is not what dotnet pyenv wrote.", owner);
    }

    public void Check(CancellationToken cancellationToken)
    {
        files.CheckBytes(".gitignore", Encoding.ASCII.GetBytes(EnvironmentWriter.Ignored), isExecutable: false, null);
        foreach (var (name, text) in ActivateScripts.For(environment.Layout))
            files.CheckBytes($"{environment.Layout.Scripts}/{name}", Encoding.UTF8.GetBytes(text), isExecutable: false, null);
        CheckConfiguration();
        if (environment.HasPython)
            CheckPython(cancellationToken);
        else if (environment.Layout.IsWindows)
            CheckLaunchers();
        else
            CheckLinks();
    }

    private void CheckConfiguration()
    {
        const string place = "pyvenv.cfg";
        files.Expect(place, null);
        if (files.Entry(place, null, null) is not { } info || !files.CheckMode(info, place, isExecutable: false, null))
            return;
        var home = environment.HasPython ? null : environment.Record.Home;
        var lines = info.Length < 1 << 16 ? File.ReadAllText(info.FullName).TrimEnd('\n').Split('\n') : [];
        var expected = (home is null ? [] : new[] { $"home = {home}" }).Concat(["include-system-site-packages = false", $"version = {environment.Record.Python}"]).ToArray();
        // The prompt is a matter of taste.
        var isRight = lines.Length >= expected.Length && lines.AsSpan(0, expected.Length).SequenceEqual(expected)
            && (lines.Length == expected.Length || (lines.Length == expected.Length + 1 && lines[^1].StartsWith("prompt = ", StringComparison.Ordinal)));
        if (!isRight)
            files.Find(EnvironmentFindingKind.Changed, place, "'pyvenv.cfg' is not what dotnet pyenv wrote: it decides which Python runs, and what it sees.", null);
    }

    private void CheckLinks()
    {
        files.CheckLink(environment.Layout.Executable, environment.Record.Executable);
        foreach (var alias in environment.Layout.Aliases)
            files.CheckLink($"{environment.Layout.Scripts}/{alias}", "python");
        if (Path.Exists($"{environment.Folder}/lib64") || new FileInfo($"{environment.Folder}/lib64").LinkTarget is not null)
            files.CheckLink("lib64", "lib");
    }

    private void CheckLaunchers()
    {
        foreach (var name in (ReadOnlySpan<string>)["python.exe", "pythonw.exe"])
        {
            var place = $"{environment.Layout.Scripts}/{name}";
            var source = Path.Combine(Path.GetDirectoryName(environment.Record.Executable) ?? "", "Lib", "venv", "scripts", "nt", name);
            if (environment.Record.Launchers is { } launchers)
            {
                // One that is not noted was not made: no Python for Windows was at hand.
                if (launchers.TryGetValue(place, out var noted))
                    CheckLauncher(place, noted, null);
                continue;
            }

            files.Expect(place, null);
            if (File.Exists(source))
                files.CheckBytes(place, File.ReadAllBytes(source), isExecutable: true, null);
            else
                files.Find(EnvironmentFindingKind.Unproven, place, $"'{place}' cannot be checked: the Python that it was taken from is not here.", null);
        }
    }

    /// <summary>Python as part of the environment, by the list that was made when it was put there.</summary>
    private void CheckPython(CancellationToken cancellationToken)
    {
        const string owner = "Python";
        files.Expect(EnvironmentRecord.PythonName, null);
        var list = EnvironmentRecord.ReadBytes(environment.Folder, EnvironmentRecord.PythonName);
        if (list is null || LayerManifest.Read(list, $"{environment.Folder}/{EnvironmentRecord.Prefix}.none") is not { IsInterpreter: true } python)
        {
            files.Find(EnvironmentFindingKind.Unproven, EnvironmentRecord.PythonName, "The list of the files of Python itself is gone, or cannot be read.", owner);
            return;
        }

        foreach (var file in python.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.CheckFile(file.Path, file, "", owner, null);
        }

        foreach (var name in environment.Layout.IsWindows ? [] : environment.Layout.Aliases.SkipLast(1).Prepend("python"))
            files.CheckBytes($"{environment.Layout.Scripts}/{name}", CommandScript.ToSibling(environment.Layout.Aliases[^1]), isExecutable: true, owner);
    }
}
