namespace VenvBuild.Cli;

/// <summary>What the options say that every verb takes.</summary>
internal sealed record GlobalSettings
{
    /// <summary>The manifest's path as it was given, or null to look for one.</summary>
    public string? Manifest { get; init; }

    /// <summary>Whether the answer is one JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>How much is said.</summary>
    public Verbosity Verbosity { get; init; } = Verbosity.Normal;

    /// <summary>Whether a server that the manifest names is left alone.</summary>
    public bool NoServer { get; init; }

    /// <summary>The resolver server to use instead of the manifest's.</summary>
    public Uri? Server { get; init; }

    /// <summary>Whether the network is not to be used.</summary>
    public bool Offline { get; init; }

    /// <summary>The index to use instead of the manifest's.</summary>
    public Uri? IndexUrl { get; init; }

    /// <summary>Whether builds of wheels are kept from the network and the home folder.</summary>
    public bool Sandbox { get; init; }

    /// <summary>How diagnostics are written.</summary>
    public DiagnosticStyle Diagnostics { get; init; }
}
