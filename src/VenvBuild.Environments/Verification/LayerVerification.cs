using System.Collections.Concurrent;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What wheels brought into an environment, held against their lists of files: this machine's store's, else the environment's own RECORD, whose
/// digest the description proves where there is one.
/// </summary>
internal sealed class LayerVerification(InstalledEnvironment environment, FileVerification files, string cacheFolder)
{
    private readonly ConcurrentBag<Layer> _layers = [];

    /// <summary>The layers of which the environment consists, as far as they are known.</summary>
    public IReadOnlyCollection<Layer> Layers => _layers;

    public void Check(PlannedWheel wheel, CancellationToken cancellationToken)
    {
        var owner = $"{wheel.Name} {wheel.Version}";
        var asked = environment.Manifest?.Layers.First(layer => layer.Kind == LayerKind.Wheel && layer.WheelSha256 == wheel.Sha256);
        var stored = Stored(wheel, asked);
        if ((asked?.Wheel.Text ?? stored?.FileName ?? wheel.File.Text) != wheel.File.Text)
            throw environment.Refuse($"it says that it holds {wheel.File.Text}, and that is another wheel");
        var installed = stored is null || (environment.Record.Plan.HasBytecode && Bytecode(wheel, stored) is null) ? new InstalledRecord(environment.Folder, environment.Layout, wheel).Read() : null;
        if ((stored ?? installed?.Layer) is not { } layer)
        {
            files.Find(EnvironmentFindingKind.Unproven, environment.Layout.SitePackages, $"What {owner} consists of is not known: this machine's store has not got it, and its RECORD is gone or cannot be read.", owner);
            return;
        }

        _layers.Add(layer);
        CheckLayer(layer, layer, owner, asked, isFromStore: stored is not null, cancellationToken);
        var (bytecode, isBytecodeStored) = Bytecode(wheel, layer) is { } kept ? (kept, true) : (installed?.Bytecode, false);
        if (bytecode is not null)
        {
            var named = environment.Manifest?.Layers.FirstOrDefault(other => other.Kind == LayerKind.Bytecode && other.WheelSha256 == wheel.Sha256);
            // Bytecode that this machine compiled is not the description's to name.
            CheckLayer(bytecode, layer, owner, isBytecodeStored && !IsReceived(named, bytecode) ? null : named, isBytecodeStored, cancellationToken);
        }

        CheckRecord(layer, bytecode, stored is not null, owner);
    }

    /// <summary>The layer of this machine's store, where it is the one that the environment was made of.</summary>
    private Layer? Stored(PlannedWheel wheel, LayerReference? asked)
    {
        var own = new LayerStore(cacheFolder).Find(wheel.Sha256);
        if (asked is null)
            return own;
        return new ReceivedLayerStore(cacheFolder).Find(asked) ?? (own is not null && new LayerDigests(cacheFolder).FindDigest(own) == asked.Digest ? own : null);
    }

    /// <summary>The bytecode of this machine's store that the environment was given: that of the Python whose number its files begin with.</summary>
    private Layer? Bytecode(PlannedWheel wheel, Layer layer)
    {
        if (!environment.Record.Plan.HasBytecode)
            return null;
        var candidates = new BytecodeStore(cacheFolder).FindAll(wheel.Sha256).ToList();
        if (environment.Manifest?.Layers.FirstOrDefault(other => other.Kind == LayerKind.Bytecode && other.WheelSha256 == wheel.Sha256) is { } named
            && new ReceivedLayerStore(cacheFolder).Find(named) is { } received)
        {
            candidates.Insert(0, received);
        }

        return candidates.Find(candidate => candidate.Files.Count == 0
            || candidate.Files.Any(file => MagicOf(environment.Layout.PlaceOf(layer, file.Scheme, file.Path)) == candidate.Bytecode!.Magic));
    }

    private bool IsReceived(LayerReference? named, Layer bytecode) => named is not null && new ReceivedLayerStore(cacheFolder).Find(named)?.Folder == bytecode.Folder;

    private string? MagicOf(string place)
    {
        var path = $"{environment.Folder}/{place}";
        if (!File.Exists(path))
            return null;
        var magic = new byte[4];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, magic, 0) == magic.Length ? Convert.ToHexStringLower(magic) : null;
    }

    private void CheckLayer(Layer layer, Layer wheel, string owner, LayerReference? asked, bool isFromStore, CancellationToken cancellationToken)
    {
        using var rehash = asked is null ? null : new LayerRehash(layer);
        var isRight = true;
        foreach (var (file, place) in LayerPlaces.Of(wheel, layer.Files, environment.Layout))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rehash?.Begin(file);
            if (environment.HasNoTests && LayerPlaces.IsTest(file))
                rehash?.Miss();
            else if (LayerPlaces.IsRewritten(file, environment.Layout))
                isRight &= CheckScript(layer, file, place, owner, rehash);
            else
                isRight &= files.CheckFile(place, file, layer.PathOf(file), owner, rehash);
            rehash?.End(file);
        }

        if (isRight && rehash is { IsWhole: true } && rehash.Finish() is var digest && digest != asked!.Digest)
        {
            files.Find(
                EnvironmentFindingKind.Changed, $"{environment.Layout.SitePackages}/{wheel.DistInfo}/RECORD",
                $"The files of {owner} and their list do not make the layer that the description names (sha256:{asked.Digest}), but sha256:{digest}.", owner);
        }
        else if (!isFromStore && (asked is null || (isRight && rehash is not { IsWhole: true })))
        {
            files.Find(
                EnvironmentFindingKind.Unproven, $"{environment.Layout.SitePackages}/{wheel.DistInfo}/RECORD",
                $"{(layer.Bytecode is null ? "The files" : "The compiled modules")} of {owner} were held against its own RECORD alone: this machine's store has not got them, and nothing else names them.", owner);
        }
    }

    /// <summary>A script whose first line was replaced: what stood there is in the store.</summary>
    private bool CheckScript(Layer layer, LayerFile file, string place, string owner, LayerRehash? rehash)
    {
        var source = layer.PathOf(file);
        var original = File.Exists(source) ? File.ReadAllBytes(source) : null;
        if (original is null || Sha256Digest.Of(original) != file.Sha256)
        {
            rehash?.Miss();
            return original is null && files.CheckFile(place, file, source, owner, null);
        }

        rehash?.Append(original);
        return files.CheckBytes(place, CommandScript.Rewrite(original), isExecutable: true, owner);
    }

    /// <summary>RECORD lists what was installed, and importlib believes it.</summary>
    private void CheckRecord(Layer layer, Layer? bytecode, bool isFromStore, string owner)
    {
        var place = $"{environment.Layout.SitePackages}/{layer.DistInfo}/RECORD";
        files.Expect(place, owner);
        if (HasOrigin(layer))
            files.Expect(OriginOf(layer), owner);
        if (files.Entry(place, owner, null) is not { } info || !files.CheckMode(info, place, isExecutable: false, owner) || !isFromStore)
            return;
        files.CountOne();
        var expected = new StringBuilder();
        foreach (var (file, at) in LayerPlaces.Of(layer, layer.Files, environment.Layout))
        {
            if (environment.HasNoTests && LayerPlaces.IsTest(file))
                continue;
            if (LayerPlaces.IsRewritten(file, environment.Layout))
                AppendWritten(expected, at);
            else
                RecordFile.AppendRow(expected, environment.Layout.RecordPath(at), file.Sha256, file.Size);
        }

        foreach (var (file, at) in LayerPlaces.Of(layer, bytecode?.Files ?? [], environment.Layout))
        {
            if (!environment.HasNoTests || !LayerPlaces.IsTest(file))
                RecordFile.AppendRow(expected, environment.Layout.RecordPath(at));
        }

        foreach (var point in layer.EntryPoints)
            AppendWritten(expected, $"{environment.Layout.Scripts}/{point.Name}{(environment.Layout.IsWindows ? ".exe" : "")}");
        if (HasOrigin(layer))
            AppendWritten(expected, OriginOf(layer));
        RecordFile.AppendRow(expected, layer.DistInfo + "/RECORD");
        var text = info.Length <= WheelLimits.Default.MaxMetadataBytes ? File.ReadAllText(info.FullName) : "";
        // Without its bytecode's list, the rows of bytecode are anyone's.
        var isRight = bytecode is not null || !environment.Record.Plan.HasBytecode
            ? text == expected.ToString()
            : Array.TrueForAll(expected.ToString().Split('\n'), text.Split('\n').ToHashSet(StringComparer.Ordinal).Contains);
        if (!isRight)
            files.Find(EnvironmentFindingKind.Changed, place, $"'{place}' does not list what {owner} brought.", owner);
    }

    /// <summary>Whether the installer said where the distribution came from; what that says is nobody's code.</summary>
    private bool HasOrigin(Layer layer) => environment.Record.Form.Contains(SyncOptions.OriginsForm, StringComparison.Ordinal) && File.Exists($"{environment.Folder}/{OriginOf(layer)}");

    private string OriginOf(Layer layer) => $"{environment.Layout.SitePackages}/{EnvironmentOrigins.PlaceIn(layer.DistInfo)}";

    /// <summary>The row of a file that the installer wrote, and that is checked where it stands.</summary>
    private void AppendWritten(StringBuilder record, string place)
    {
        var path = $"{environment.Folder}/{place}";
        if (File.Exists(path))
            RecordFile.AppendRow(record, environment.Layout.RecordPath(place), files.DigestOf(path, new FileInfo(path).Length, null), new FileInfo(path).Length);
    }
}
