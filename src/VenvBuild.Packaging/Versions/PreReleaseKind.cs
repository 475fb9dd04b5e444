namespace VenvBuild.Packaging;

/// <summary>The phase of a pre-release, in order.</summary>
public enum PreReleaseKind
{
    /// <summary>An alpha, <c>a</c>.</summary>
    Alpha,

    /// <summary>A beta, <c>b</c>.</summary>
    Beta,

    /// <summary>A release candidate, <c>rc</c>.</summary>
    ReleaseCandidate,
}
