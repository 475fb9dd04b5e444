namespace VenvBuild.Remote;

/// <summary>What a server says of a request that it did not do (RFC 9457), <c>application/problem+json</c>.</summary>
public sealed record ServerProblem
{
    /// <summary>What kind of problem: one of <see cref="ServerProblemTypes"/>, or <c>about:blank</c>.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The kind in words.</summary>
    public string? Title { get; init; }

    /// <summary>The status of the answer.</summary>
    public int Status { get; init; }

    /// <summary>What is wrong this time.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong, as the tool itself would say it, the gravest first; the derivation of a refusal is its detail.</summary>
    public IReadOnlyList<ServerDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>What the client is to send with the request (<see cref="ServerProblemTypes.SourcesNeeded"/>).</summary>
    public IReadOnlyList<SourceNeed> Needs { get; init; } = [];
}
