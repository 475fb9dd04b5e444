namespace VenvBuild.Server;

/// <summary>A bucket of S3, or of what speaks as S3 does, that layers are kept in: the section <c>Store:S3</c>.</summary>
internal sealed record BucketSettings
{
    public const string Section = "Store:S3";

    public required string Bucket { get; init; }

    /// <summary>What keys begin with, with a slash at its end unless it is empty.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The address of a service that is not Amazon's; null for Amazon's in <see cref="Region"/>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The address of the same service as clients reach it; null where that is <see cref="Endpoint"/>.</summary>
    public Uri? PublicEndpoint { get; init; }

    /// <summary>The region, which signatures name; null for what the SDK finds (<c>AWS_REGION</c>, profile).</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket is in the path, not in the host's name.</summary>
    public bool IsPathStyle { get; init; }

    /// <summary>Both null for the SDK's own chain: variables, profiles, the machine's role.</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>Whether clients are sent to the bucket for bytes, and this server moves none.</summary>
    public bool Redirects { get; init; } = true;

    /// <summary>How long an address that a client is sent to is good.</summary>
    public TimeSpan LinkLife { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The secret stays out of what prints a record.</summary>
    public override string ToString() => $"s3://{Bucket}/{Prefix}";
}
