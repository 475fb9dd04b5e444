namespace VenvBuild.Packaging;

/// <summary>The core metadata of a distribution: the METADATA file of a wheel, the PKG-INFO of an sdist ("Core metadata", PEP 566, 643).</summary>
public sealed class CoreMetadata
{
    /// <summary>The largest document that is read, in bytes: long descriptions reach one megabyte.</summary>
    public const int MaxLength = 16 << 20;

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

    /// <summary>The extras that it offers (Provides-Extra), each once.</summary>
    public IReadOnlyList<ExtraName> ProvidesExtra { get; init; } = [];

    /// <summary>The fields that a build may still change (Dynamic, PEP 643), lower case.</summary>
    public IReadOnlyList<string> Dynamic { get; init; } = [];

    /// <summary>All other fields in order, names in lower case; none unless <see cref="MetadataDetail.Everything"/> was asked for.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OtherFields { get; init; } = [];

    /// <summary>Sentences about what could be read only after mending it, or was left out.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    /// <summary>Reads the headers of a metadata document; its body, the description, is not kept.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="detail">How much to keep.</param>
    /// <param name="known">Requirements that other documents said, so that each is read once; null for none.</param>
    /// <exception cref="PackagingFormatException">
    /// The document is too long, is of a newer major version, lacks its version, name or version of the distribution, says one of them
    /// twice, or states a requirement that cannot be read. The text is the line.
    /// </exception>
    public static CoreMetadata Parse(ReadOnlySpan<byte> utf8, MetadataDetail detail = MetadataDetail.Resolving, RequirementCache? known = null) =>
        new CoreMetadataReader(detail, known).Read(utf8);

    /// <summary>The first of <see cref="OtherFields"/> with this name, in any case, or null.</summary>
    public string? Field(string name)
    {
        foreach (var (field, value) in OtherFields)
        {
            if (field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }
}
