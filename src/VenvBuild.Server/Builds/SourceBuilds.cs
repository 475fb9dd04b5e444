using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// Builds wheels from sdists, where the server is set up for that: what runs is their authors' code, so it runs sealed and within bounds, or not
/// at all. What it requires comes as wheels, from the indexes of the question, before anything is run.
/// </summary>
internal sealed class SourceBuilds(ServerSettings settings) : IDisposable
{
    private const int MaxLines = 2_000;

    private readonly SemaphoreSlim _turns = new(settings.ConcurrentBuilds);

    /// <summary>Whether this server builds from sources at all.</summary>
    public bool IsOn => settings.BuildsSdists;

    /// <summary>Sees that there is a sandbox where one is needed.</summary>
    /// <exception cref="DiagnosticException">There is none: the server does not start.</exception>
    public static async Task CheckAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.BuildsSdists && !await WheelBuilder.CanSealAsync(cancellationToken))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.BadSetting,
                $"The setting {ServerSettings.Section}:Builds:Sdists cannot be used: neither bubblewrap (bwrap) nor unshare works here, so nothing would keep builds from this machine.",
                remedy: "Install bubblewrap and allow user namespaces, or leave Builds:Sdists off: clients build for themselves."));
        }
    }

    /// <summary>The refusal of a source.</summary>
    public static DiagnosticException Refuse(string message, string remedy) => new(ExitCode.BuildFailed, Diagnostic.Error(ServerCodes.Sources, message, remedy: remedy));

    /// <summary>The refusal of a server that builds nothing.</summary>
    public static DiagnosticException Off(string what) => Refuse(
        $"{what} has to be built from its sdist, and this server builds none: {ServerSettings.Section}:Builds:Sdists is off.",
        "The tool builds it on its own machine; whoever runs the server may set Builds:Sdists to sandbox.");

    /// <summary>Builds a wheel, or takes the one that was built of the same before.</summary>
    /// <param name="source">The sdist.</param>
    /// <param name="index">Where what it requires comes from; its cache is where wheels are kept.</param>
    /// <param name="interpreter">The Python.</param>
    /// <param name="log">Told of what it says.</param>
    /// <param name="cancellationToken">Ends all of its processes.</param>
    /// <exception cref="DiagnosticException">It cannot be built.</exception>
    public Task<BuiltWheel> BuildAsync(BuildSource source, PackageIndex index, Interpreter interpreter, Action<string> log, CancellationToken cancellationToken) =>
        InTurnAsync(() => Builder(index, interpreter, log).BuildAsync(source, cancellationToken), cancellationToken);

    /// <summary>What the wheel's metadata will say.</summary>
    /// <exception cref="DiagnosticException">The build cannot tell.</exception>
    public Task<byte[]> GetMetadataAsync(BuildSource source, PackageIndex index, Interpreter interpreter, CancellationToken cancellationToken) =>
        InTurnAsync(() => Builder(index, interpreter, null).GetMetadataAsync(source, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private WheelBuilder Builder(PackageIndex index, Interpreter interpreter, Action<string>? log)
    {
        var lines = 0;
        return new(index, interpreter, new()
        {
            IsSealed = true,
            Timeout = settings.SdistTime,
            Bounds = new() { MemoryBytes = settings.SdistBytes, DiskBytes = settings.SdistBytes },
            Settings = string.Join('\n', index.Options.Indexes.Select(location => $"{location.Url} {string.Join(' ', location.Packages)}").Append($"{index.Options.Strategy} {index.Options.ExcludeNewer:O}")),
            Live = log is null ? null : Say,
            Report = log is null ? null : diagnostic => log(diagnostic.Message),
        });

        void Say(string line)
        {
            var number = Interlocked.Increment(ref lines);
            if (number <= MaxLines)
                log!(number == MaxLines ? "(It says more, which is not kept here.)" : line);
        }
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _turns.Release();
        }
    }
}
