using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

public sealed class ManifestLocations
{
    [Theory]
    [InlineData("pyenv.yaml", "pylock.toml", null)]
    [InlineData("pyenv.tools.yaml", "pylock.tools.toml", "tools")]
    public void Name_the_lock(string fileName, string lockName, string? name)
    {
        var location = ManifestLocation.At(Path.Combine("some", "folder", fileName));
        Assert.Equal(lockName, Path.GetFileName(location.LockPath));
        Assert.Equal(location.Folder, Path.GetDirectoryName(location.LockPath));
        Assert.Equal(name, location.Name);
        Assert.True(LockFileName.IsValid(lockName));
    }

    [Theory]
    [InlineData("pyenv.yml")]
    [InlineData("pyenv.a.b.yaml")]
    [InlineData("pyenv..yaml")]
    [InlineData("environment.yaml")]
    [InlineData("PYENV.yaml")]
    public void Refuse_a_file_whose_lock_would_have_no_name(string fileName)
    {
        var problem = Assert.Throws<DiagnosticException>(() => ManifestLocation.At(fileName));
        Assert.Equal(("PYENV1103", ExitCode.Usage), (problem.Diagnostics[0].Code, problem.ExitCode));
    }

    [Fact]
    public void Are_found_in_the_folder_or_the_nearest_one_above()
    {
        var root = Directory.CreateTempSubdirectory("manifest-");
        try
        {
            var inner = Directory.CreateDirectory(Path.Combine(root.FullName, "a", "b"));
            var manifest = Path.Combine(root.FullName, "pyenv.yaml");
            File.WriteAllText(manifest, "requirements: []\n");
            Assert.Equal(manifest, ManifestLocation.Find(inner.FullName)!.Path);
            File.WriteAllText(Path.Combine(inner.FullName, "pyenv.yaml"), "requirements: []\n");
            Assert.Equal(inner.FullName, ManifestLocation.Find(inner.FullName)!.Folder);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
