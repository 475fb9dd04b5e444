using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Understands what environment a client asks for, and refuses what cannot or may not be made here. A lock is nobody's friend.</summary>
internal sealed class BuildQuestionReader(ServerSettings settings, IndexPolicy policy, LockStore locks, CheckPolicy checks)
{
    private const int MaxGroups = 100;
    private const string DigestPrefix = "sha256:";

    /// <summary>The question, or the answer to one that cannot be asked.</summary>
    /// <exception cref="DiagnosticException">The lock is in error, or does not serve the target.</exception>
    public async Task<(BuildQuestion? Question, IResult? Refusal)> ReadAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        if (!Platform.TryParse(request.Target.Platform, out var platform))
            return (null, Problems.BadRequest("target.platform is no runtime identifier that is known."));
        if (ReadPython(request.Target.Python) is not var (minor, version, isFreeThreaded))
            return (null, Problems.BadRequest("target.python is no version of CPython, such as 3.11 or 3.11.9."));
        var options = request.Options ?? new();
        if (ReadGroups(options.Groups, out var groups) is { } bad)
            return (null, bad);
        if (CheckPolicy.Refusal(options.Checks) is { } badChecks)
            return (null, badChecks);
        if (options.Checks.Count > 0 && await checks.ObjectionAsync(new(platform, minor, isFreeThreaded), cancellationToken) is { } objection)
            return (null, CheckPolicy.NotRun(objection));
        byte[] content;
        if (request.Lock.StartsWith(DigestPrefix, StringComparison.Ordinal))
        {
            if (!Sha256Digest.TryParse(request.Lock.AsSpan(DigestPrefix.Length), out var known))
                return (null, Problems.BadRequest("lock is the text of a lock, or sha256: and 64 hex digits."));
            if (await locks.ReadAsync(known.ToString(), cancellationToken) is not { } kept)
                return (null, Problems.NotFound("No lock with this digest is kept here: send its text."));
            content = kept;
        }
        else
        {
            content = Encoding.UTF8.GetBytes(request.Lock);
        }

        return Read(content, new(platform, minor, isFreeThreaded), version, groups, options.Bytecode, options.Checks);
    }

    /// <summary>The question that a build's row was made from.</summary>
    public (BuildQuestion? Question, IResult? Refusal) Read(Build build, byte[] content)
    {
        var (minor, version, isFreeThreaded) = ReadPython(build.Python)!.Value;
        var groups = build.Groups?.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ExtraName.Parse).ToList();
        return Read(content, new(Platform.Parse(build.Platform), minor, isFreeThreaded), version, groups, build.HasBytecode, build.Checks?.Split('\n') ?? []);
    }

    private (BuildQuestion? Question, IResult? Refusal) Read(
        byte[] content, Target target, PackageVersion version, IReadOnlyList<ExtraName>? groups, bool hasBytecode, IReadOnlyList<string> asked)
    {
        var document = LockReader.Read(content, "the lock", LockOrigin.Elsewhere).Document;
        if (groups?.FirstOrDefault(group => (document.DependencyGroups ?? []).All(known => ExtraName.Parse(known) != group)) is { } unknown)
            return (null, Problems.BadRequest($"The lock has no group '{unknown}'."));
        var (plan, sources) = EnvironmentPlan.Split(document, target, version, groups, hasBytecode);
        if (plan.Wheels.Count + sources.Count > settings.Projects)
            return (null, Problems.Bound(413, FormattableString.Invariant($"The environment has more than {settings.Projects} packages, which is more than this server makes.")));
        if (plan.Wheels.Select(Objection).FirstOrDefault(objection => objection is not null) is { } why)
            return (null, Problems.Of(422, ServerProblemTypes.NotBuilt, "The environment cannot be made here", why));
        foreach (var source in sources)
            CheckSource(source);
        return (new(document, content, Sha256Digest.Of(content), plan, version, groups) { Sources = sources, Checks = asked }, null);
    }

    /// <exception cref="DiagnosticException">The source is not built here.</exception>
    private void CheckSource(SelectedPackage pin)
    {
        var name = $"{pin.Package.Name} {pin.Package.Version}".TrimEnd();
        if (!settings.BuildsSdists)
            throw SourceBuilds.Off(name);
        if (pin.File is null || pin.File.Path is not null || pin.File.Url is { IsFile: true })
            throw SourceBuilds.Refuse($"{name} is a source of the client's machine, or asked for by its address.", "The tool builds it there.");
        if (pin.Package.Index is { } index && !policy.Allows(index))
            throw SourceBuilds.Refuse($"{name} comes from an index that this server does not ask.", "The tool builds it on its own machine.");
        if (!Sha256Digest.TryParse(pin.File.Hashes.Sha256 ?? "", out _))
            throw SourceBuilds.Refuse($"The lock gives no SHA-256 for {pin.File.Name}, so nobody could tell whether the right file comes.", "Make the lock again with dotnet pyenv lock.");
    }

    private string? Objection(PlannedWheel wheel)
    {
        if (wheel.Path is not null || wheel.Url is { IsFile: true })
            return $"{wheel} is a file of the client's machine.";
        if (wheel.IsDirect)
            return wheel.Url is { } url && policy.Allows(url) ? null : $"{wheel} is asked for by its address, at a place that this server does not ask.";
        return wheel.Index is { } index && !policy.Allows(index) ? $"{wheel} comes from an index that this server does not ask." : null;
    }

    private static IResult? ReadGroups(IReadOnlyList<string>? names, out List<ExtraName>? groups)
    {
        groups = names is null ? null : [];
        if (names?.Count > MaxGroups)
            return Problems.BadRequest("options.groups names too many groups.");
        foreach (var name in names ?? [])
        {
            if (!ExtraName.TryParse(name, out var group))
                return Problems.BadRequest("options.groups names what is no group.");
            if (!groups!.Contains(group))
                groups.Add(group);
        }

        return null;
    }

    private static (PythonMinor Minor, PackageVersion Version, bool IsFreeThreaded)? ReadPython(string text)
    {
        if (text is not { Length: > 0 and < 40 })
            return null;
        var isFreeThreaded = text.EndsWith('t');
        if (!PackageVersion.TryParse(isFreeThreaded ? text[..^1] : text, out var version) || version.Release.Count < 2 || PythonMinor.Of(version) is not { } minor)
            return null;
        if (isFreeThreaded && minor.CompareTo(CPythonMinors.OldestFreeThreaded) < 0)
            return null;
        return (minor, version.Release.Count == 2 ? minor.FirstRelease : version, isFreeThreaded);
    }
}
