namespace VenvBuild.Environments;

/// <summary>Where an environment came from, for people and audits. No part of what it is: two builders may differ in it and in nothing else.</summary>
public sealed record EnvironmentProvenance
{
    /// <summary>The tool that made it and its version, such as <c>venvbuild 0.1.0</c>.</summary>
    public required string Builder { get; init; }

    /// <summary>The indexes that the wheels came from, in their order; credentials and queries are left out when they are written.</summary>
    public IReadOnlyList<Uri> Indexes { get; init; } = [];

    /// <summary>The wheels of it that no index has: what each was built from, with which pins and where. Put in order of the wheels' names.</summary>
    public IReadOnlyList<BuiltProvenance> Built { get; init => field = [.. value.OrderBy(wheel => wheel.Wheel, StringComparer.Ordinal)]; } = [];

    /// <summary>When it was made, to the second in UTC; null where the same bytes are wanted of every builder.</summary>
    public DateTimeOffset? Created { get; init; }
}
