namespace VenvBuild.Environments;

/// <summary>
/// All that is kept on this machine so that it need not be fetched or made again: layers, their bytecode, interpreters, and what the indexes
/// answered. Losing any of it costs time and nothing else. Safe between processes.
/// </summary>
public sealed class Store
{
    private readonly string _root;

    /// <summary>Uses the store in a cache folder.</summary>
    public Store(string cacheFolder) => _root = Path.GetFullPath(cacheFolder);

    /// <summary>The parts with what they hold, by name.</summary>
    public IReadOnlyList<StorePartUsage> Measure(CancellationToken cancellationToken = default)
    {
        var uses = new StoreUses(new EnvironmentRegister(_root).Read());
        return
        [
            .. new StoreInventory(_root).Items(cancellationToken).GroupBy(item => item.Part).OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => new StorePartUsage(
                part.Key,
                Path.Combine(_root, Path.GetRelativePath(_root, part.First().Path).Split(Path.DirectorySeparatorChar)[0]),
                part.LongCount(),
                part.Sum(item => item.Files),
                part.Sum(item => item.Bytes),
                part.Where(uses.IsInEnvironment).Sum(item => item.Bytes))),
        ];
    }

    /// <summary>
    /// Removes what interrupted runs left, and then what the options name, the least recently used first. What an environment links to or a
    /// running process uses stays.
    /// </summary>
    /// <exception cref="Packaging.DiagnosticException">The disk fails.</exception>
    public Task<PruneOutcome> PruneAsync(PruneOptions options, CancellationToken cancellationToken = default) =>
        Directory.Exists(_root) ? ExplainedAsync(new StorePruning(_root, options).RunAsync(cancellationToken)) : Task.FromResult(new PruneOutcome(0, 0, 0, 0));

    /// <summary>Reads every file and finds each that is not as it was made.</summary>
    /// <param name="removes">Whether what is damaged is taken out, and the environments that have its bytes are made again by their next sync.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="Packaging.DiagnosticException">The disk fails.</exception>
    public Task<IReadOnlyList<StoreDamage>> VerifyAsync(bool removes, CancellationToken cancellationToken = default) =>
        ExplainedAsync(new StoreCheck(_root, removes).RunAsync(cancellationToken));

    private async Task<T> ExplainedAsync<T>(Task<T> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }
}
