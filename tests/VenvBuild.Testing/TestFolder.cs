namespace VenvBuild.Testing;

/// <summary>A folder of a test's own that goes with it.</summary>
public sealed class TestFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TestFolder() => Path = Directory.CreateTempSubdirectory("venvbuild-test-").FullName;

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
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself.
        }
    }
}
