using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Finds the interpreters of this machine. Each is asked once what it is, and its answer kept. What answers nothing of use (a
/// version manager's shim with nothing behind it, an alias that opens a store, a broken link, a Python that crashes, hangs or is
/// too old) is passed over with a remark, not an error.
/// </summary>
public sealed class InterpreterFinder
{
    private const int OldestMinor = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly InterpreterCache _cache;
    private readonly InterpreterPlaces _places;
    private readonly TimeSpan _timeout;

    /// <summary>The oldest minor's best Python of those found; builds without the global lock and other implementations build for themselves only.</summary>
    public static Interpreter? OldestOf(IEnumerable<Interpreter> found, VersionSpecifiers python) => found
        .Where(one => !one.IsFreeThreaded && one.Markers.ImplementationName == Target.CPython && python.Contains(one.Version))
        .OrderBy(one => one.Minor)
        .FirstOrDefault();

    /// <summary>Looks in <paramref name="places"/>, by default those of this machine and of the store, and keeps answers below the cache folder.</summary>
    public InterpreterFinder(string cacheFolder, InterpreterPlaces? places = null)
        : this(cacheFolder, places, Patience)
    {
    }

    internal InterpreterFinder(string cacheFolder, InterpreterPlaces? places, TimeSpan timeout)
    {
        _cache = new(cacheFolder);
        _places = places ?? InterpreterPlaces.OfThisMachine().With(InterpreterPlaces.OfStore(cacheFolder));
        _timeout = timeout;
    }

    /// <summary>The code of the diagnostic that no interpreter fits.</summary>
    public const string NoneFitsCode = InterpreterCodes.NoneFits;

    /// <summary>Whether a request names a version, such as <c>3.12</c> or <c>3.13t</c>, and no place.</summary>
    public static bool IsVersion(string request) => request.Length > 0 && char.IsAsciiDigit(request[0]) && request.TrimEnd('t').All(c => char.IsAsciiDigit(c) || c == '.');

    /// <summary>How many executables were run so far.</summary>
    internal int Started => _started;

    private int _started;

    /// <summary>Every usable interpreter, the best first: with the GIL before without, newer before older, then CPython, then by path.</summary>
    public async Task<IReadOnlyList<Interpreter>> ListAsync(Action<Diagnostic>? remark = null, CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var candidates = new List<(string Path, ExecutableStamp Stamp)>();
        foreach (var path in _places.Candidates())
        {
            if (ExecutableStamp.Of(path) is not { } stamp)
                remark?.Invoke(PassedOver(path, "it is a link to nothing"));
            else if (seen.Add(stamp.RealPath))
                candidates.Add((path, stamp));
        }

        var answers = new (Interpreter? Found, string? Failure)[candidates.Count];
        var width = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 8), CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, candidates.Count, width, async (i, token) =>
            answers[i] = await AskAsync(candidates[i].Path, candidates[i].Stamp, token).ConfigureAwait(false)).ConfigureAwait(false);
        var found = new Dictionary<string, Interpreter>(StringComparer.Ordinal);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Found is { } interpreter)
                found.TryAdd(interpreter.Stamp!.RealPath, interpreter);
            else
                remark?.Invoke(PassedOver(candidates[i].Path, answers[i].Failure!));
        }

        var list = found.Values.ToList();
        list.Sort(Compare);
        return list;
    }

    /// <summary>The best interpreter that fits.</summary>
    /// <param name="requiresPython">The versions that will do, or null for any.</param>
    /// <param name="request">What a person asked for: a path, a folder of an installation or environment, a version (<c>3.12</c>, <c>3.13t</c>) or a name on PATH; null for the best.</param>
    /// <param name="remark">Told of every candidate that was passed over.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="DiagnosticException">None fits (PYENV1501), or what was asked for does not work (PYENV1502).</exception>
    public async Task<Interpreter> FindAsync(
        VersionSpecifiers? requiresPython = null, string? request = null, Action<Diagnostic>? remark = null, CancellationToken cancellationToken = default)
    {
        if (request is not null && !IsVersion(request))
            return await FindNamedAsync(request, requiresPython, cancellationToken).ConfigureAwait(false);
        var passedOver = new List<string>();
        var all = await ListAsync(
            d =>
            {
                passedOver.Add(d.Message);
                remark?.Invoke(d);
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var interpreter in all)
        {
            var isWanted = interpreter.IsCPython && (request is null ? !interpreter.IsFreeThreaded : IsOfVersion(interpreter.Version, interpreter.IsFreeThreaded, request));
            if (isWanted && (requiresPython is null || requiresPython.Contains(interpreter.Version)))
                return interpreter;
        }

        var wanted = string.Join(" and ", ((string?[])[request, requiresPython?.ToString()]).Where(t => !string.IsNullOrEmpty(t)));
        var lines = all.Select(i => i.IsCPython ? $"{i}: not {wanted}" : $"{i}: environments are made for CPython only").Concat(passedOver);
        throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
            InterpreterCodes.NoneFits,
            $"No Python on this machine fits{(wanted.Length == 0 ? "" : " " + wanted)}: {all.Count} usable, {passedOver.Count} passed over.",
            remedy: "Install one that fits, or name one with --python PATH.",
            detail: string.Join('\n', lines)));
    }

    /// <summary>
    /// The interpreter that an environment of ours was made with, or null when there is none or it is gone. Asking it first keeps an
    /// environment when a newer Python appears, and spares the search where nothing changed.
    /// </summary>
    public async Task<Interpreter?> OfEnvironmentAsync(string environmentPath, CancellationToken cancellationToken = default)
    {
        if (EnvironmentState.Read(environmentPath) is not { } state || ExecutableStamp.Of(state.Executable) is not { } stamp)
            return null;
        var (found, _) = await AskAsync(state.Executable, stamp, cancellationToken).ConfigureAwait(false);
        return found?.Executable == state.Executable ? found : null;
    }

    /// <summary>Asks one executable, from the cache where it is known. Scripts may answer differently every time, so they are always run.</summary>
    private async Task<(Interpreter? Found, string? Failure)> AskAsync(string path, ExecutableStamp stamp, CancellationToken cancellationToken)
    {
        if (stamp.Size == 0)
            return (null, "it is empty, as an alias that opens a store is");
        var isScript = IsScript(path);
        var folder = Path.GetFileName(Path.GetDirectoryName(path));
        if (isScript && folder == "shims")
            return (null, "it is a version manager's shim; the versions behind it are looked up where they are installed");
        if (!isScript && _cache.Find(stamp) is { } known)
            return Judge(known);
        Interlocked.Increment(ref _started);
        var (json, failure) = await InterpreterProbe.AskAsync(path, _timeout, cancellationToken).ConfigureAwait(false);
        if (json is null)
            return (null, failure);
        if (InterpreterCache.Parse(json) is not { } interpreter)
            return (null, "what it says of itself cannot be read");
        if (!isScript)
            _cache.Add(stamp, json);
        return Judge(interpreter);
    }

    private static (Interpreter? Found, string? Failure) Judge(Interpreter interpreter)
    {
        if (interpreter.Major != 3 || interpreter.Minor < OldestMinor)
            return (null, $"it is Python {interpreter.Version}; 3.{OldestMinor} is the oldest that is supported");
        return interpreter.Stamp is null ? (null, $"its base interpreter '{interpreter.Executable}' is gone") : (interpreter, null);
    }

    private async Task<Interpreter> FindNamedAsync(string request, VersionSpecifiers? requiresPython, CancellationToken cancellationToken)
    {
        var path = Locate(request) ?? throw Failed(request, "there is no such file, and no such name on PATH");
        var stamp = ExecutableStamp.Of(path) ?? throw Failed(request, "it is a link to nothing");
        var (found, failure) = await AskAsync(path, stamp, cancellationToken).ConfigureAwait(false);
        if (found is null)
            throw Failed(request, failure!);
        return requiresPython is null || requiresPython.Contains(found.Version)
            ? found
            : throw Failed(request, $"it is Python {found.Version}, and {requiresPython} is asked for");
    }

    private string? Locate(string request)
    {
        if (Directory.Exists(request))
        {
            string[] inside = OperatingSystem.IsWindows() ? ["python.exe", @"Scripts\python.exe"] : ["bin/python3", "bin/python"];
            return inside.Select(name => Path.Combine(request, name)).FirstOrDefault(File.Exists);
        }

        if (File.Exists(request) || request.AsSpan().ContainsAny('/', '\\'))
            return File.Exists(request) ? Path.GetFullPath(request) : null;
        var suffix = OperatingSystem.IsWindows() && !request.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? ".exe" : "";
        return _places.Path.Select(folder => Path.Combine(folder, request + suffix)).FirstOrDefault(File.Exists);
    }

    /// <summary>Whether a version is one that a request names.</summary>
    internal static bool IsOfVersion(PackageVersion version, bool isFreeThreaded, string request)
    {
        if (request.EndsWith('t') != isFreeThreaded)
            return false;
        var parts = request.TrimEnd('t').Split('.');
        var release = version.Release;
        for (var i = 0; i < parts.Length; i++)
        {
            if (i >= release.Count || release[i].ToString(CultureInfo.InvariantCulture) != parts[i])
                return false;
        }

        return true;
    }

    private static bool IsScript(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> head = stackalloc byte[2];
            return RandomAccess.Read(file, head, 0) == 2 && head.SequenceEqual("#!"u8);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return false;
        }
    }

    private static int Compare(Interpreter a, Interpreter b)
    {
        if (a.IsCPython != b.IsCPython)
            return a.IsCPython ? -1 : 1;
        if (a.IsFreeThreaded != b.IsFreeThreaded)
            return a.IsFreeThreaded ? 1 : -1;
        var byVersion = b.Version.CompareTo(a.Version);
        return byVersion != 0 ? byVersion : string.CompareOrdinal(a.Executable, b.Executable);
    }

    private static Diagnostic PassedOver(string path, string why) => Diagnostic.Verbose(InterpreterCodes.PassedOver, $"'{path}' is passed over: {why}.");

    private static DiagnosticException Failed(string request, string why) => new(ExitCode.Usage, Diagnostic.Error(
        InterpreterCodes.RequestFailed, $"The Python that was asked for, '{request}', cannot be used: {why}.",
        remedy: "Name another with --python, or leave it out to take the best on this machine (dotnet pyenv python list shows them)."));
}
