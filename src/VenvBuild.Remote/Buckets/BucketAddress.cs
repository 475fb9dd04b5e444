using System.Buffers;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Where a bucket is: <c>s3://bucket/prefix</c>, and behind it, for other services than Amazon's or another region than the usual one,
/// <c>?endpoint=https://minio.example:9000&amp;region=eu-central-1</c>.
/// </summary>
/// <param name="Root">The address below which keys are, with a slash at its end.</param>
/// <param name="Region">The region that signatures name.</param>
/// <param name="Name">The address for people.</param>
internal sealed record BucketAddress(Uri Root, string Region, string Name)
{
    public const string Scheme = "s3";

    private const string UsualRegion = "us-east-1";

    private static readonly SearchValues<char> BucketCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/");

    /// <summary>Reads an address; null for what is none.</summary>
    /// <param name="text">The address.</param>
    /// <param name="environment">Environment variables: <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c> and the region, where the address does not say.</param>
    public static BucketAddress? TryParse(string text, Func<string, string?> environment)
    {
        const string Start = Scheme + "://";
        if (!text.StartsWith(Start, StringComparison.Ordinal))
            return null;
        var (place, query) = text[Start.Length..].Split('?', 2) is [var before, var after] ? (before, after) : (text[Start.Length..], "");
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (bucket, prefix) = slash < 0 ? (place, "") : (place[..slash], place[(slash + 1)..].Trim('/'));
        if (bucket.Length is < 3 or > 63 || bucket.AsSpan().ContainsAnyExcept(BucketCharacters) || !char.IsAsciiLetterOrDigit(bucket[0]) || !char.IsAsciiLetterOrDigit(bucket[^1])
            || bucket.Contains("..", StringComparison.Ordinal) || prefix.AsSpan().ContainsAnyExcept(PrefixCharacters) || prefix.Split('/').Any(part => part is "." or "..")
            || prefix.Contains("//", StringComparison.Ordinal))
        {
            return null;
        }

        string? endpoint = null, region = null;
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (part.Split('=', 2))
            {
                case ["endpoint", { Length: > 0 } value]:
                    endpoint = Uri.UnescapeDataString(value);
                    break;
                case ["region", { Length: > 0 } value] when value.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'):
                    region = value;
                    break;
                default:
                    return null;
            }
        }

        region ??= BucketCredentials.FindRegion(environment) ?? UsualRegion;
        endpoint ??= environment("AWS_ENDPOINT_URL_S3") is { Length: > 0 } own ? own : environment("AWS_ENDPOINT_URL") is { Length: > 0 } all ? all : null;
        var path = prefix.Length == 0 ? "" : $"{prefix}/";
        if (endpoint is not null)
        {
            // Every service takes the bucket in the path; in the host's name it needs one more name that resolves.
            return Uri.TryCreate(endpoint, UriKind.Absolute, out var service) && service.Scheme is "http" or "https" && service.UserInfo.Length == 0 && service.Query.Length == 0
                ? new(new($"{service.AbsoluteUri.TrimEnd('/')}/{bucket}/{path}"), region, $"s3://{bucket}/{path}")
                : null;
        }

        // A certificate for *.s3... does not cover a bucket with dots in its name.
        var root = bucket.Contains('.', StringComparison.Ordinal) ? $"https://s3.{region}.amazonaws.com/{bucket}/{path}" : $"https://{bucket}.s3.{region}.amazonaws.com/{path}";
        return new(new(root), region, $"s3://{bucket}/{path}");
    }

    /// <summary>Whether a manifest may name a bucket so.</summary>
    public static bool IsAddress(string text) => TryParse(text, static _ => null) is not null;

    /// <exception cref="DiagnosticException">It is none (exit code 2).</exception>
    public static BucketAddress Parse(string text, Func<string, string?> environment) => TryParse(text, environment) ?? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
        SourceCodes.BadBucket, $"'{text.Split('?')[0]}' is no bucket.", remedy: "Write s3://bucket/prefix, and where it is not Amazon's, ?endpoint=https://host behind it."));
}
