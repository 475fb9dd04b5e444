using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Where the environments are that were made from this store: one small file for each, named by its path's digest. Only places are kept; what
/// an environment uses is read from the environment itself, so that nothing can go out of step.
/// </summary>
internal sealed class EnvironmentRegister(string cacheFolder)
{
    /// <summary>The part of the store that it is.</summary>
    public const string Part = "environments";

    private readonly string _root = Path.Combine(Path.GetFullPath(cacheFolder), Part);

    /// <summary>The lock files of environments, by their paths' digests.</summary>
    public string Locks => Path.Combine(_root, ".locks");

    /// <summary>What the lock of an environment is called.</summary>
    public static string NameOf(string environment) => Sha256Digest.Of(Encoding.UTF8.GetBytes(environment)).ToString();

    /// <summary>Notes an environment's place.</summary>
    public void Add(string environment)
    {
        var path = PathOf(environment);
        if (ReadPlace(path) is not null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, environment);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Notes an environment's place where the cache can be written; where it cannot, nobody prunes it either.</summary>
    public void TryAdd(string environment)
    {
        try
        {
            Add(environment);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // There is nothing to do but this.
        }
    }

    /// <summary>The environments that are there, with what they use.</summary>
    public IReadOnlyList<EnvironmentUse> Read()
    {
        var uses = new List<EnvironmentUse>();
        foreach (var environment in Places())
        {
            if (EnvironmentUse.Of(environment) is { } use)
                uses.Add(use);
        }

        return uses;
    }

    /// <summary>Puts places in order that killed runs left, and forgets environments that are gone. Those being worked on are left alone.</summary>
    public void Tidy()
    {
        foreach (var environment in Places())
        {
            using var held = ProcessLock.TryAcquire(ProcessLock.PathOf(Locks, NameOf(environment)));
            if (held is null)
                continue;
            new EnvironmentFolder(environment).Recover();
            if (!File.Exists(Path.Combine(environment, EnvironmentState.FileName)))
                File.Delete(PathOf(environment));
        }
    }

    /// <summary>The files that do not hold the place that they are named by: what stands there is used by nobody knows whom.</summary>
    public IReadOnlyList<string> Damaged() => [.. Files().Where(path => ReadPlace(path) is null)];

    private IEnumerable<string> Places() => Files().Select(ReadPlace).OfType<string>();

    private List<string> Files()
    {
        var root = Path.Combine(_root, "v1");
        return Directory.Exists(root) ? [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".tmp", StringComparison.Ordinal))] : [];
    }

    /// <summary>The place that a file holds; null where it is not the one that the file is named by.</summary>
    private static string? ReadPlace(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return IsPlace(text) && NameOf(text) == Path.GetFileName(path) ? text : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool IsPlace(string text) => text.Length > 0 && Path.IsPathFullyQualified(text) && Path.GetDirectoryName(text) is not null;

    private string PathOf(string environment)
    {
        var name = NameOf(environment);
        return Path.Combine(_root, "v1", name[..2], name);
    }
}
