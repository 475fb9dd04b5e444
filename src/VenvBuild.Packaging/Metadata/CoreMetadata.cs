namespace VenvBuild.Packaging;

/// <summary>The core metadata of a distribution, as far as resolving and installing need it.</summary>
public sealed class CoreMetadata
{
    /// <summary>The version of the metadata format, such as <c>2.4</c>.</summary>
    public required string MetadataVersion { get; init; }

    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>What it needs (Requires-Dist), in order.</summary>
    public IReadOnlyList<Requirement> RequiresDist { get; init; } = [];

    /// <summary>The Pythons that it runs on (Requires-Python), or null when it does not say.</summary>
    public VersionSpecifiers? RequiresPython { get; init; }

    /// <summary>The extras that it offers (Provides-Extra).</summary>
    public IReadOnlyList<ExtraName> ProvidesExtra { get; init; } = [];

    /// <summary>The fields that a build may still change (Dynamic, PEP 643), lower case.</summary>
    public IReadOnlyList<string> Dynamic { get; init; } = [];
}
