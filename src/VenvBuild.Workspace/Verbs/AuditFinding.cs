using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A pin that is known to be vulnerable, or of which that cannot be told.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The pinned version.</param>
/// <param name="Id">The record's name.</param>
/// <param name="Aliases">What else the same is called.</param>
/// <param name="Summary">What it is about; null where no record says.</param>
/// <param name="Severity">How bad it is, as a CVSS vector; null where no record says.</param>
/// <param name="FixedIn">The first later version that is not affected; null where none is known.</param>
/// <param name="Paths">The shortest ways from a request to the pin.</param>
public sealed record AuditFinding(
    string Name, string Version, string Id, IReadOnlyList<string> Aliases, string? Summary, string? Severity, string? FixedIn, IReadOnlyList<WhyPath> Paths)
{
    /// <summary>What of the record cannot be read, where that is why it is named; null where the pin is affected for certain.</summary>
    public string? Problem { get; init; }

    /// <summary>Where the pin stands in the lock.</summary>
    internal SourceLocation? Location { get; init; }

    /// <summary>The finding for the person who must act.</summary>
    public Diagnostic ToDiagnostic()
    {
        var names = Aliases.Count == 0 ? Id : $"{Id} ({string.Join(", ", Aliases)})";
        return Problem is { } problem
            ? Diagnostic.Error(WorkspaceCodes.UnjudgedAdvisory, $"Whether {names} affects {Name} {Version} cannot be told: {problem}.", Location, "Read the record yourself, and say --ignore where it does not.")
            : Diagnostic.Error(
                WorkspaceCodes.KnownVulnerability,
                $"{Name} {Version} is vulnerable: {names}{(Summary is null ? "" : $": {Summary.TrimEnd('.')}")}.",
                Location,
                FixedIn is { } version ? $"Fixed in {version}: run 'dotnet pyenv lock --upgrade-package {Name}=={version}'." : "No release is known to fix it.",
                Paths.Count == 0 ? null : string.Join('\n', Paths));
    }
}
