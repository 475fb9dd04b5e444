namespace VenvBuild.Environments;

/// <summary>What came of holding an environment against what was installed.</summary>
public sealed record EnvironmentProof
{
    /// <summary>The environment's folder, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>What it consists of, by its own account.</summary>
    public required EnvironmentPlan Plan { get; init; }

    /// <summary>The description that it came with; null where it was made on this machine.</summary>
    public EnvironmentManifest? Manifest { get; init; }

    /// <summary>The signatures that the description came with; null where there were none.</summary>
    public ReadOnlyMemory<byte>? Signatures { get; init; }

    /// <summary>The interpreter that it leads to: who trusts the environment trusts that, too. Null where it is part of the environment.</summary>
    public string? Interpreter { get; init; }

    /// <summary>How many files were held against their digests.</summary>
    public required int Files { get; init; }

    /// <summary>The modules that Python compiled itself, which are no findings: places relative to the environment.</summary>
    public required IReadOnlyList<string> OwnBytecode { get; init; }

    /// <summary>What is not as it was installed, by path.</summary>
    public required IReadOnlyList<EnvironmentFinding> Findings { get; init; }
}
