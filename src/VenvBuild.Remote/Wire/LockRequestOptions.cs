using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Remote;

/// <summary>How a lock is to be solved, beyond what the manifest says.</summary>
public sealed record LockRequestOptions
{
    /// <summary>The platform of the client, which counts where the manifest declares none: a runtime identifier such as <c>linux-x64</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>The version of the client's tool. A server of another minor version refuses, for its answer might differ.</summary>
    public string? Tool { get; init; }

    /// <summary>An index that takes the place of the manifest's for this request.</summary>
    public string? IndexUrl { get; init; }

    /// <summary>Whether the previous lock's pins are forgotten.</summary>
    public bool Upgrade { get; init; }

    /// <summary>The distributions whose pins are forgotten, each as <c>name</c> or <c>name==version</c>.</summary>
    [AllowNull]
    public IReadOnlyList<string> UpgradePackages { get; init => field = value ?? []; } = [];
}
