using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Makes the environment at a place another one of the same form, and touches only what differs. The files of distributions that both have must
/// prove, at a look each, to be those that were put there; all else of the old one goes, and what is missing comes from the store, so that the
/// result is what a new environment would be, to the byte. Whatever is out of the ordinary is left to who makes environments anew.
/// </summary>
internal sealed class EnvironmentChange
{
    // With more names to change, the moment without an environment would be one that people notice, and making it anew takes hardly longer.
    private const int MaxSteps = 1000;

    private const string Configuration = "pyvenv.cfg";

    private readonly EnvironmentFolder _folder;
    private readonly EnvironmentPlan _plan;
    private readonly EnvironmentManifest? _manifest;
    private readonly Interpreter _interpreter;
    private readonly SyncOptions _options;
    private readonly HashSet<Sha256Digest> _kept;

    private EnvironmentChange(
        EnvironmentFolder folder, EnvironmentPlan plan, EnvironmentManifest? manifest, Interpreter interpreter, SyncOptions options, EnvironmentRecord record, HashSet<Sha256Digest> kept)
    {
        (_folder, _plan, _manifest, _interpreter, _options, _kept) = (folder, plan, manifest, interpreter, options, kept);
        Link = record.Link;
    }

    /// <summary>How the environment's files came from the store.</summary>
    public LinkMode Link { get; }

    /// <summary>The time after which nothing was in it but what was put there.</summary>
    private long OwnSince { get; init; }

    /// <summary>The layers that it has and will not have any more; null where one of them is not in the store any more.</summary>
    private List<(Layer Layer, Layer? Bytecode)>? Former { get; init; }

    /// <summary>The change of what is at a place into what is planned; null where that is to be made anew.</summary>
    public static EnvironmentChange? Of(EnvironmentFolder folder, EnvironmentPlan plan, EnvironmentManifest? manifest, Interpreter interpreter, string cacheFolder, SyncOptions options)
    {
        // Checks run in the finished environment before anybody sees it: that takes a place beside the old one. Launchers of Windows may be
        // made of what another layer brings.
        if (interpreter.IsWindows || options.WithPython || EnvironmentCheck.HasCommands(options.Checks))
            return null;
        try
        {
            if (EnvironmentState.Read(folder.Path) is not { Revision: EnvironmentWriter.Revision } state || state.Form != options.Form
                || state.Interpreter != interpreter.Stamp || state.Executable != interpreter.Executable)
            {
                return null;
            }

            var record = EnvironmentRecord.Read(folder.Path);
            var isSameFrame = record.Python == interpreter.Version.ToString() && record.Plan.Target.ToString() == plan.Target.ToString() && record.Plan.HasBytecode == plan.HasBytecode;
            if (!isSameFrame || record.Link is LinkMode.Symlink or LinkMode.Auto || Kept(folder.Path, record, plan, manifest) is not { } kept || kept.Count * 2 < plan.Wheels.Count)
                return null;
            return new(folder, plan, manifest, interpreter, options, record, kept)
            {
                OwnSince = state.OwnSince,
                Former = FormerLayers(folder.Path, record, kept, interpreter, cacheFolder),
            };
        }
        catch (Exception e) when (e is DiagnosticException || StorageFault.IsStorage(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the change, and answers how many layers it put in; null where the environment is to be made anew, which it then is as it was.
    /// </summary>
    /// <exception cref="DamagedLayerException">A layer of the store is not as it was made.</exception>
    /// <exception cref="DiagnosticException">Wheels conflict.</exception>
    public int? TryMake(
        IReadOnlyList<Layer> layers, IReadOnlyDictionary<Sha256Digest, Layer> bytecode, FileLinker linker, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        string? staging = null;
        try
        {
            staging = _folder.NewStaging();
            return Make(staging, layers, bytecode, linker, progress, cancellationToken);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            _options.Remark?.Invoke(Diagnostic.Verbose(EnvironmentCodes.Remark, $"'{_folder.Path}' cannot be changed where it is, and is made anew: {e.Message}"));
            return null;
        }
        finally
        {
            if (staging is not null && !ChangeJournal.HoldsEnvironment(staging))
                FolderRemoval.TryRemove(staging);
        }
    }

    private int? Make(
        string staging, IReadOnlyList<Layer> layers, IReadOnlyDictionary<Sha256Digest, Layer> bytecode, FileLinker linker, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var frame = EnvironmentFrame.Of(_interpreter);
        var coming = Directory.CreateDirectory(ChangeJournal.NewOf(staging)).FullName;
        var writer = new EnvironmentWriter(coming, frame, layers, bytecode, linker) { LeavesOutTests = _options.WithoutTests, Origins = _options.Origins };
        writer.WriteFrame(_options.Prompt);
        if (_manifest is not null)
            EnvironmentRecord.WriteDescription(coming, _manifest, _options.Signatures);
        var expected = new ExpectedTree(frame.Layout, _options);
        expected.AddFrame(coming);
        expected.AddNew(EnvironmentState.FileName);
        foreach (var layer in layers)
            expected.Add(layer, bytecode.GetValueOrDefault(layer.Digest), _kept.Contains(layer.Digest));
        if (!expected.IsPlain)
            return null;
        cancellationToken.ThrowIfCancellationRequested();
        var ownSince = EnvironmentState.Now;
        var installed = InstalledTree.Read(_folder.Path, coming, expected, Link, frame.Layout.SitePackages, FormerTree(frame.Layout), OwnSince);
        var missing = expected.Files.Where(file => !file.IsThere && file.Owner is not null).Select(file => file.Owner!).ToHashSet(ReferenceEqualityComparer.Instance);
        var places = installed.Coming();
        if (!installed.IsPlain || installed.Going.Count + places.Count > MaxSteps || missing.Count * 2 > layers.Count)
            return null;
        writer.WriteLayers([.. layers.Where(missing.Contains)], progress, cancellationToken);
        if (missing.Count > 0 && linker.Mode != Link)
            return null;
        var prints = Prints(frame.Layout, expected.Find(Configuration) is { IsThere: true } ? _folder.Path : coming);
        EnvironmentState.Write(coming, _plan, _interpreter, Link, _options, ownSince, prints);
        var journal = new ChangeJournal(staging, _folder.Path, installed.Going, places);
        journal.Write();
        // From here to the end there are only names to change: that is not worth interrupting.
        cancellationToken.ThrowIfCancellationRequested();
        journal.Apply(environment =>
        {
            foreach (var (place, ticks) in prints.Where(print => print.Place != Configuration))
                Directory.SetLastWriteTimeUtc(Path.Combine(environment, place), new(ticks, DateTimeKind.Utc));
        });
        return missing.Count;
    }

    private ExpectedTree? FormerTree(VenvLayout layout)
    {
        if (Former is null)
            return null;
        var tree = new ExpectedTree(layout, _options);
        foreach (var (layer, bytecode) in Former)
            tree.Add(layer, bytecode, isKept: false);
        return tree;
    }

    private static List<(Layer Layer, Layer? Bytecode)>? FormerLayers(string path, EnvironmentRecord record, HashSet<Sha256Digest> kept, Interpreter interpreter, string cacheFolder)
    {
        // What came from elsewhere has its layers elsewhere in the store, and a description that says which they were: it is read whole.
        if (File.Exists(Path.Combine(path, EnvironmentRecord.ManifestName)))
            return null;
        var (layers, bytecode) = (new LayerStore(cacheFolder), new BytecodeStore(cacheFolder));
        var former = new List<(Layer, Layer?)>();
        foreach (var wheel in record.Plan.Wheels.Where(wheel => !kept.Contains(wheel.Sha256)))
        {
            var compiled = record.Plan.HasBytecode ? bytecode.Find(wheel.Sha256, interpreter) : null;
            if (layers.Find(wheel.Sha256) is not { } layer || (record.Plan.HasBytecode && compiled is null))
                return null;
            former.Add((layer, compiled));
        }

        return former;
    }

    /// <summary>
    /// What the finished environment will look like. Its folders get a time that is chosen now, as theirs is not known before their names are
    /// changed: a whole second, which every file system can keep, and another than they had, so that a running Python looks again.
    /// </summary>
    private List<(string Place, long Ticks)> Prints(VenvLayout layout, string configurationFolder)
    {
        var places = EnvironmentState.PlacesOf(layout);
        var now = DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;
        while (places.Any(place => Directory.GetLastWriteTimeUtc(Path.Combine(_folder.Path, place)).Ticks == now))
            now += TimeSpan.TicksPerSecond;
        return [.. places.Select(place => (place, place == Configuration ? File.GetLastWriteTimeUtc(Path.Combine(configurationFolder, place)).Ticks : now))];
    }

    /// <summary>The wheels that both have, in the same layers; null where one of the two is described from elsewhere and the other is not.</summary>
    private static HashSet<Sha256Digest>? Kept(string path, EnvironmentRecord record, EnvironmentPlan plan, EnvironmentManifest? manifest)
    {
        var before = EnvironmentRecord.ReadBytes(path, EnvironmentRecord.ManifestName) is { } bytes ? EnvironmentManifest.Read(bytes, Path.Combine(path, EnvironmentRecord.ManifestName)) : null;
        if (before is null != manifest is null)
            return null;
        var kept = record.Plan.Wheels.Select(wheel => wheel.Sha256).Intersect(plan.Wheels.Select(wheel => wheel.Sha256)).ToHashSet();
        if (before is not null)
        {
            var (had, wanted) = (LayersOf(before), LayersOf(manifest!));
            kept.RemoveWhere(wheel => !had[wheel].SequenceEqual(wanted[wheel]));
        }

        return kept;
    }

    private static ILookup<Sha256Digest, Sha256Digest> LayersOf(EnvironmentManifest manifest) =>
        manifest.Layers.OrderBy(layer => layer.Kind).ToLookup(layer => layer.WheelSha256, layer => layer.Digest);
}
