using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Gathers findings; the same one on several targets is one finding.</summary>
internal sealed class ProofFindings
{
    /// <summary>What to do about a lock that is wrong: it is never repaired, it is made again.</summary>
    public const string MakeAgain = "Do not use this lock. Run 'dotnet pyenv lock' to make it again; if another tool or server made it, tell whoever runs that.";

    private readonly Dictionary<(string Code, string? Pin, string Message), (LockFinding Finding, List<string> Targets)> _findings = [];

    public bool Any => _findings.Count > 0;

    public void Wrong(string code, string message, LockedPackage? pin = null, string? target = null, Requirement? requirement = null, string? remedy = null) =>
        Add(new(code, LockFindingKind.Wrong, message)
        {
            Pin = pin is null ? null : NameOf(pin),
            Requirement = requirement is null ? null : Credentials.Strip(requirement.ToString()),
            Remedy = remedy ?? MakeAgain,
            Location = pin?.Location,
        }, target);

    public void Unproven(string message, LockedPackage? pin, string remedy) =>
        Add(new(VerificationCodes.Unproven, LockFindingKind.Unproven, message) { Pin = pin is null ? null : NameOf(pin), Remedy = remedy, Location = pin?.Location }, null);

    public void Add(LockFinding finding, string? target)
    {
        var key = (finding.Code, finding.Pin, finding.Message);
        if (!_findings.TryGetValue(key, out var known))
            _findings.Add(key, known = (finding, []));
        if (target is not null && !known.Targets.Contains(target))
            known.Targets.Add(target);
    }

    /// <summary>What was found: what is wrong before what is unproven, else in the order in which it was found.</summary>
    public IReadOnlyList<LockFinding> ToList() =>
        [.. _findings.Values.Select(entry => entry.Finding with { Targets = entry.Targets }).OrderBy(finding => finding.Kind)];

    public static string NameOf(LockedPackage pin) => pin.Version is { } version ? $"{pin.Name} {version}" : pin.Name.Value;
}
