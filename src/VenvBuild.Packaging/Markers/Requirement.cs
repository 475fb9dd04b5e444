namespace VenvBuild.Packaging;

/// <summary>What a person or a distribution asks for: a name, extras, versions or an address, and when it counts (PEP 508).</summary>
public sealed class Requirement
{
    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The extras asked for, in ordinal order, each once.</summary>
    public IReadOnlyList<ExtraName> Extras { get; init; } = [];

    /// <summary>The versions that will do; every version where an address is given.</summary>
    public VersionSpecifiers Specifiers { get; init; } = VersionSpecifiers.Any;

    /// <summary>The address after <c>@</c>, or null.</summary>
    public string? Url { get; init; }

    /// <summary>When the requirement counts, or null for always.</summary>
    public Marker? Marker { get; init; }
}
