namespace VenvBuild.Testing;

/// <summary>A folder of a test's own that goes with it.</summary>
public sealed class TestFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("venvbuild-test-").FullName;

    /// <summary>Makes the folder; <paramref name="name"/> lets a test have spaces or length in its path.</summary>
    public TestFolder(string? name = null) =>
        Path = name is null ? _root : Directory.CreateDirectory(System.IO.Path.Combine(_root, name)).FullName;

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>A path in the folder, its parts joined.</summary>
    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, its folders made where they lack, and gives its path.</summary>
    public string Write(string relativePath, string content)
    {
        var path = File(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            GiveRightsBack();
            Directory.Delete(_root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself.
        }
    }

    /// <summary>A test may have taken rights away that deleting needs.</summary>
    private void GiveRightsBack()
    {
        if (OperatingSystem.IsWindows())
            return;
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var folder in Directory.EnumerateDirectories(_root, "*", everything))
            System.IO.File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
