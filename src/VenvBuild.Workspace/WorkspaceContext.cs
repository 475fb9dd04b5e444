using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What every verb is told: where it works, which manifest is meant, and how it may reach others.</summary>
public sealed record WorkspaceContext
{
    /// <summary>The folder that relative paths start from, absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The tool's own version, which manifests may ask for and locks name.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The manifest, or null to look for one from the working directory upwards.</summary>
    public string? ManifestPath { get; init; }

    /// <summary>Whether nothing may be fetched.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whether the manifest's resolver server is left aside.</summary>
    public bool WithoutServer { get; init; }

    /// <summary>The resolver server to use instead of the manifest's, or null.</summary>
    public Uri? Server { get; init; }

    /// <summary>An index that takes the place of the manifest's for this run, or null. It is a mirror: locks do not depend on it.</summary>
    public Uri? IndexUrl { get; init; }

    /// <summary>Which of a lock's addresses are used: where this run names a mirror, only that one's own.</summary>
    internal LockedAddresses LockedAddresses => IndexUrl is null ? LockedAddresses.All : LockedAddresses.OfIndexes;

    /// <summary>Whether builds of wheels are kept from the network and the home folder; where this machine cannot do that, they are refused.</summary>
    public bool SandboxesBuilds { get; init; }

    /// <summary>Where warnings and remarks go as they arise; errors end a verb as a <see cref="DiagnosticException"/>.</summary>
    public IProgress<Diagnostic>? Diagnostics { get; init; }

    /// <summary>Where a line about the work in hand goes, for a person who watches.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Shared by all copies of this context: a server that failed once in a run is not asked again.</summary>
    internal FailedServers FailedServers { get; } = new();

    /// <summary>How long a server may take for one answer.</summary>
    internal TimeSpan ServerPatience { get; init; } = TimeSpan.FromSeconds(60);

    internal void Report(Diagnostic diagnostic) => Diagnostics?.Report(diagnostic);
}
