using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>What is asked of the resolver.</summary>
public sealed record ResolutionRequest
{
    /// <summary>The environments that the answer must serve, in a fixed order; at least one.</summary>
    public required IReadOnlyList<ResolutionEnvironment> Environments { get; init; }

    /// <summary>The requests, in the order in which a person wrote them.</summary>
    public required IReadOnlyList<Requirement> Requirements { get; init; }

    /// <summary>The requests of each dependency group, includes expanded (PEP 735).</summary>
    public IReadOnlyList<(ExtraName Group, IReadOnlyList<Requirement> Requirements)> Groups { get; init; } = [];

    /// <summary>Bounds on distributions that count only where something else asks for them.</summary>
    public IReadOnlyList<Requirement> Constraints { get; init; } = [];

    /// <summary>Bounds of this run alone, such as the version that an upgrade asks for; they count as <see cref="Constraints"/> do.</summary>
    public IReadOnlyList<Requirement> RunConstraints { get; init; } = [];

    /// <summary>Requirements that replace every other requirement on the same distribution.</summary>
    public IReadOnlyList<Requirement> Overrides { get; init; } = [];

    /// <summary>Distributions that are never needed, whoever asks for them.</summary>
    public IReadOnlySet<PackageName> Excludes { get; init; } = new HashSet<PackageName>();

    /// <summary>Pins to keep as long as they fit: those of the previous lock.</summary>
    public IReadOnlyList<Preference> Preferences { get; init; } = [];

    /// <summary>Which of the releases that fit is taken.</summary>
    public ResolutionMode Mode { get; init; }

    /// <summary>Whether pre-releases may be taken.</summary>
    public PrereleaseMode Prereleases { get; init; }

    /// <summary>Told of the work so far, once in a while, as long as a search goes on; null for nobody.</summary>
    public IProgress<ResolutionStatistics>? Progress { get; init; }

    /// <summary>Whether a release without a wheel that fits may be built from its sdist.</summary>
    public Func<PackageName, bool> AllowSdist { get; init; } = static _ => false;

    /// <summary>Whether a refusal seeks remedies, by trying what would happen without one bound or another.</summary>
    public bool SeeksRemedies { get; init; } = true;
}
