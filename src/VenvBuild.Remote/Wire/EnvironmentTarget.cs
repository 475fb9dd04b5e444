namespace VenvBuild.Remote;

/// <summary>A platform and a Python.</summary>
public sealed record EnvironmentTarget
{
    /// <summary>A runtime identifier such as <c>linux-x64</c>; a request may add the floor, as in <c>linux-x64 (glibc 2.36)</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>A minor such as <c>3.11</c>, <c>3.13t</c> where it is free-threaded; a request may be finer, as in <c>3.11.9</c>, for markers that ask.</summary>
    public required string Python { get; init; }
}
