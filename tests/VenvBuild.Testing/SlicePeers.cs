using System.IO.Compression;

namespace VenvBuild.Testing;

/// <summary>The tools that the slice of PyPI carries for comparison, unpacked from their wheels: no installer is needed for either.</summary>
public sealed class SlicePeers
{
    private readonly string _folder;

    private SlicePeers(string folder) => _folder = folder;

    /// <summary>The executable of uv.</summary>
    public string Uv => Path.Combine(_folder, "uv");

    /// <summary>What Python is given to run pip: its folder, which begins with <c>__main__.py</c>.</summary>
    public string Pip => Path.Combine(_folder, "pip");

    /// <summary>Settings under which neither tool sees what this machine's user has configured.</summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["UV_NO_CONFIG"] = "1",
        ["UV_PYTHON_DOWNLOADS"] = "never",
        ["PIP_CONFIG_FILE"] = "/dev/null",
        ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
        ["VIRTUAL_ENV"] = null,
        ["CONDA_PREFIX"] = null,
        ["PYTHONPATH"] = null,
        ["PYTHONHOME"] = null,
    };

    /// <summary>Unpacks uv and pip into a folder; skips the test where the slice has none for this machine.</summary>
    public static async Task<SlicePeers> UnpackAsync(string folder, CancellationToken cancellationToken)
    {
        var files = Path.Combine(Require.Slice(), "files");
        Require.That(
            OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "the slice's uv runs on Linux x86-64 only");
        var peers = new SlicePeers(folder);
        await UnpackAsync(files, "uv", "/scripts/uv", folder, cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(peers.Uv, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await UnpackAsync(files, "pip", null, folder, cancellationToken);
        return peers;
    }

    /// <summary>Unpacks a wheel, or the one file of it whose path ends so.</summary>
    private static async Task UnpackAsync(string files, string project, string? end, string folder, CancellationToken cancellationToken)
    {
        var wheel = Directory.EnumerateFiles(files).FirstOrDefault(file => IsWheelOf(project, Path.GetFileName(file)));
        Require.That(wheel is not null, $"a wheel of {project} in the slice of PyPI");
        await using var archive = await ZipFile.OpenReadAsync(wheel!, cancellationToken);
        foreach (var entry in archive.Entries)
        {
            if (end is not null && !entry.FullName.EndsWith(end, StringComparison.Ordinal))
                continue;
            var path = Path.Combine(folder, end is null ? entry.FullName : entry.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await entry.ExtractToFileAsync(path, cancellationToken);
        }
    }

    private static bool IsWheelOf(string project, string name) =>
        name.EndsWith(".whl", StringComparison.Ordinal) && name.StartsWith(project + "-", StringComparison.Ordinal);
}
