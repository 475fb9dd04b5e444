using System.Text.Json;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// One build in a room of its own, in PEP 517's order: the tree is unpacked, what it requires installed, then what the backend requires
/// besides; only then metadata are prepared or the wheel is built.
/// </summary>
internal sealed class WheelBuild(BuildSource source, PackageIndex index, Interpreter interpreter, SourceBuildOptions options, string room, BuildLog log)
{
    private const string ProjectFile = "pyproject.toml";
    private const int MaxRequirements = 1000;

    private readonly BuildRequirements _requirements = new(index, interpreter);
    private BuildHooks? _hooks;
    private EnvironmentPlan? _plan;
    private EnvironmentKey? _installed;
    private string _python = "";
    private int _environments;

    public BuildSource Source => source;

    public string Room => room;

    private bool IsKeptIn => options.IsSandboxed || options.IsSealed;

    /// <summary>The environment that the build runs in, made once; its key tells one set of pins from another.</summary>
    public async Task<EnvironmentPlan> GetEnvironmentAsync(CancellationToken cancellationToken)
    {
        if (_plan is not null)
            return _plan;
        var tree = Directory.CreateDirectory(Path.Combine(room, "source")).FullName;
        await source.UnpackAsync(room, tree, cancellationToken).ConfigureAwait(false);
        var system = await ReadSystemAsync(tree, cancellationToken).ConfigureAwait(false);
        var sandbox = IsKeptIn
            ? await BuildSandbox.FindAsync(options.IsSealed, [interpreter.BasePrefix, Path.GetDirectoryName(interpreter.Executable)!], cancellationToken).ConfigureAwait(false)
            : null;
        _hooks = new(source, system, room, log, sandbox, options);
        var plan = await InstallAsync(system.Requires, cancellationToken).ConfigureAwait(false);
        var more = Requirements(await _hooks.CallAsync(_python, "get_requires_for_build_wheel", ["{}"], cancellationToken).ConfigureAwait(false));
        if (more.Count > 0)
            plan = await InstallAsync([.. system.Requires, .. more], cancellationToken).ConfigureAwait(false);
        return _plan = plan;
    }

    /// <summary>The metadata as the backend prepares them; null when it has no hook for that.</summary>
    public async Task<byte[]?> PrepareMetadataAsync(CancellationToken cancellationToken)
    {
        await GetEnvironmentAsync(cancellationToken).ConfigureAwait(false);
        var folder = Directory.CreateDirectory(Path.Combine(room, "metadata")).FullName;
        if (await _hooks!.CallAsync(_python, "prepare_metadata_for_build_wheel", [folder, "{}"], cancellationToken).ConfigureAwait(false) is not { } answer)
            return null;
        var file = new FileInfo(Path.Combine(folder, Name(answer), "METADATA"));
        if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > CoreMetadata.MaxLength)
            throw _hooks.Failed("its backend prepared metadata that are not where it says", BuildCodes.WrongResult);
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        try
        {
            var metadata = CoreMetadata.Parse(bytes);
            CheckIdentity(metadata.Name, metadata.Version);
            return bytes;
        }
        catch (PackagingFormatException e)
        {
            throw _hooks.Failed($"its metadata cannot be read: {e.Message.TrimEnd('.')}", BuildCodes.WrongResult);
        }
    }

    /// <summary>Builds the wheel, holds it to all that any wheel is held to, and answers where it is.</summary>
    public async Task<string> BuildAsync(CancellationToken cancellationToken)
    {
        await GetEnvironmentAsync(cancellationToken).ConfigureAwait(false);
        var folder = Directory.CreateDirectory(Path.Combine(room, "wheel")).FullName;
        var answer = await _hooks!.CallAsync(_python, "build_wheel", [folder, "{}", null], cancellationToken).ConfigureAwait(false)
            ?? throw _hooks.Failed("its backend has no build_wheel", BuildCodes.WrongResult);
        var path = Path.Combine(folder, Name(answer));
        if (!WheelFileName.TryParse(Path.GetFileName(path), out var name) || !File.Exists(path) || new FileInfo(path) is { Length: 0 } or { LinkTarget: not null })
            throw _hooks.Failed($"its backend made no wheel ('{ArchiveTreeRules.Shown(Path.GetFileName(path))}')", BuildCodes.WrongResult);
        CheckIdentity(name.Name, name.Version);
        if (interpreter.ToTarget().Tags.Rank(name) is null)
            throw _hooks.Failed($"its wheel {name} does not fit the Python that built it", BuildCodes.WrongResult);
        using (var wheel = WheelArchive.Open(path))
            wheel.Verify(cancellationToken);
        return path;
    }

    private void CheckIdentity(PackageName name, PackageVersion version)
    {
        if (name != source.Name || (source.Version is { } promised && !promised.Equals(version)))
            throw _hooks!.Failed($"{name} {version} came out, which is not what was asked for", BuildCodes.WrongResult);
    }

    /// <summary>A name that a backend answers, which must be one part of a path.</summary>
    private string Name(JsonElement answer)
    {
        var name = answer.ValueKind == JsonValueKind.String ? answer.GetString()! : "";
        var objection = name.Contains('/', StringComparison.Ordinal) ? "it is a path" : EntryName.PartObjection(name);
        return objection is not null
            ? throw _hooks!.Failed($"its backend answers with a name that is none: {objection}", BuildCodes.WrongResult)
            : name;
    }

    private List<Requirement> Requirements(JsonElement? answer)
    {
        if (answer is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxRequirements || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw _hooks!.Failed("its backend asks for what is no list of requirements", BuildCodes.WrongResult);
        try
        {
            return [.. list.EnumerateArray().Select(item => Requirement.Parse(item.GetString()!))];
        }
        catch (PackagingFormatException e)
        {
            throw _hooks!.Failed($"its backend asks for what cannot be read: {e.Message.TrimEnd('.')}", BuildCodes.WrongResult);
        }
    }

    private async Task<EnvironmentPlan> InstallAsync(IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        var plan = await _requirements.SolveAsync(source, requirements, cancellationToken).ConfigureAwait(false);
        if (plan.Key == _installed)
            return plan;
        var path = Path.Combine(room, FormattableString.Invariant($"environment-{_environments++}"));
        // As any environment: the files of the store are read-only, so that a build that writes into its own does not reach them. One that is
        // not trusted gets no second name of such a file, whose mode it could change.
        var install = new SyncOptions { Link = IsKeptIn ? LinkMode.Copy : LinkMode.Auto, Prompt = "build" };
        var result = await new EnvironmentInstaller(index.Options.Cache.Root)
            .SyncAsync(plan, interpreter, path, new IndexWheelSource(index, room), install, progress: null, cancellationToken).ConfigureAwait(false);
        _installed = plan.Key;
        _python = Path.Combine(result.Path, VenvLayout.Of(interpreter).Executable);
        return plan;
    }

    private async Task<BuildSystem> ReadSystemAsync(string tree, CancellationToken cancellationToken)
    {
        var path = Path.Combine(tree, ProjectFile);
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length is > ProjectTable.MaxLength)
                throw Fault($"its {ProjectFile} is larger than 1 MiB");
            if (!File.Exists(path) && !File.Exists(Path.Combine(tree, "setup.py")))
                throw Fault($"it has neither a {ProjectFile} nor a setup.py, so nothing says how");
            return File.Exists(path) ? BuildSystem.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)) : BuildSystem.Legacy;
        }
        catch (PackagingFormatException e)
        {
            throw Fault($"its {ProjectFile} {e.Message.TrimEnd('.')}");
        }
    }

    private DiagnosticException Fault(string why) => new(ExitCode.BuildFailed, Diagnostic.Error(
        BuildCodes.BuildSystemFault, $"{source.Label} cannot be built: {why}.", remedy: "Ask for a version that has a wheel, or tell its publisher."));
}
