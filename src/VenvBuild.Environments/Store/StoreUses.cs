using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What environments and running processes hold on to. Nothing of this is counted and stored: an environment of hard links shows in its files'
/// link counts, others are read, and leases are asked whether their process lives.
/// </summary>
internal sealed class StoreUses
{
    private readonly HashSet<Sha256Digest> _linkedByPath;
    private readonly List<string> _executables;

    public StoreUses(IReadOnlyList<EnvironmentUse> environments)
    {
        _linkedByPath = [.. environments.Where(environment => environment.Link == LinkMode.Symlink).SelectMany(environment => environment.Layers)];
        _executables = [.. environments.Select(environment => environment.Executable)];
    }

    /// <summary>Whether an environment needs the thing, or shares its blocks, so that taking it away would free nothing.</summary>
    public bool IsInEnvironment(StoreItem item) =>
        item.IsInterpreter ? _executables.Exists(executable => executable.StartsWith(item.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        : item.Digest is { } digest && _linkedByPath.Contains(digest) || item.Layer is { } layer && HasLinks(layer);

    private static bool HasLinks(Layer layer) => layer.Files.Any(file => file.Size > 0 && NativeFiles.LinkCount(layer.PathOf(file)) > 1);
}
