namespace VenvBuild.Packaging;

/// <summary>The name of a wheel taken apart: <c>name-version[-build]-python-abi-platform.whl</c> (PEP 427).</summary>
public sealed class WheelFileName
{
    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version.</summary>
    public required PackageVersion Version { get; init; }
}
