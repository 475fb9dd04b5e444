using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>The sources of this repository as a clone has them: nothing built, nothing restored, no environment, no cache.</summary>
public sealed class FreshClone : IDisposable
{
    private static readonly HashSet<string> NotInClone = new(StringComparer.Ordinal) { "bin", "obj", ".git", ".venv", "TestResults", "pylock.toml" };

    private readonly TestFolder _folder = new();

    public FreshClone()
    {
        Copy(new DirectoryInfo(System.IO.Path.Combine(Repository.Root, "src")), _folder.File("src"));
        Copy(new DirectoryInfo(System.IO.Path.Combine(Repository.Root, "examples")), _folder.File("examples"));
        foreach (var file in Directory.GetFiles(Repository.Root))
            File.Copy(file, _folder.File(System.IO.Path.GetFileName(file)));
    }

    /// <summary>The clone's folder.</summary>
    public string Path => _folder.Path;

    /// <summary>A path in the clone.</summary>
    public string At(params string[] parts) => _folder.File(parts);

    /// <summary>Runs <c>dotnet</c> in the clone's folder, with a cache of its own.</summary>
    internal Task<CommandRun> DotNetAsync(params string[] arguments) =>
        CommandRun.OfAsync(Path, "dotnet", arguments, new Dictionary<string, string?> { ["VENVBUILD_CACHE"] = _folder.File(".cache") });

    public void Dispose() => _folder.Dispose();

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos().Where(entry => !NotInClone.Contains(entry.Name)))
        {
            if (entry is DirectoryInfo folder)
                Copy(folder, System.IO.Path.Combine(to, folder.Name));
            else
                File.Copy(entry.FullName, System.IO.Path.Combine(to, entry.Name));
        }
    }
}
