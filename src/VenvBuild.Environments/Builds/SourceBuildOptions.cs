using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>How wheels are built from sources.</summary>
public sealed record SourceBuildOptions
{
    /// <summary>How long the hooks of one build may take together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether builds are kept from the network and the home folder; where this machine cannot, they are refused.</summary>
    public bool IsSandboxed { get; init; }

    /// <summary>
    /// Whether builds are kept from all of the machine but the system's own programs and the interpreter, too: for sources that strangers name.
    /// Where this machine cannot, they are refused.
    /// </summary>
    public bool IsSealed { get; init; }

    /// <summary>What one build may use of the machine; null for no bounds but time.</summary>
    public BuildBounds? Bounds { get; init; }

    /// <summary>
    /// Whether each wheel is built a second time, once, to see whether the same bytes come out, and those of which others do are warned of:
    /// for environments that others are to have.
    /// </summary>
    public bool ComparesBuilds { get; init; }

    /// <summary>
    /// What the choice of build requirements depends on besides the source (indexes, dates): a wheel that was built under the same settings is
    /// used again without asking anybody.
    /// </summary>
    public string Settings { get; init; } = "";

    /// <summary>Receives the log's lines as they come; called from any thread.</summary>
    public Action<string>? Live { get; init; }

    /// <summary>Receives remarks and warnings.</summary>
    public Action<Diagnostic>? Report { get; init; }
}
