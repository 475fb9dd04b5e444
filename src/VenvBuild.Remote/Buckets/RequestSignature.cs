using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Remote;

/// <summary>Signs requests to S3 and to what speaks as it does (AWS Signature Version 4, in the Authorization header).</summary>
internal static class RequestSignature
{
    /// <summary>The SHA-256 of a body that is empty.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Signs a request for now: it is good for some minutes. Headers that are added later are not covered.</summary>
    public static void Sign(HttpRequestMessage request, string payloadSha256, BucketCredentials credentials, string region, DateTimeOffset now)
    {
        var url = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = url.IsDefaultPort ? url.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{url.IdnHost}:{url.Port}"),
            ["x-amz-content-sha256"] = payloadSha256,
            ["x-amz-date"] = TimeOf(now),
        };
        if (credentials.SessionToken is { } token)
            headers["x-amz-security-token"] = token;
        foreach (var (name, value) in headers)
        {
            if (name != "host")
                request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", Authorization(request.Method.Method, url, headers, payloadSha256, credentials, region, now));
    }

    /// <summary>The header's value for a request with these headers, whose names are in lower case.</summary>
    public static string Authorization(
        string method, Uri url, SortedDictionary<string, string> headers, string payloadSha256, BucketCredentials credentials, string region, DateTimeOffset now)
    {
        var signed = string.Join(';', headers.Keys);
        var canonical = new StringBuilder()
            .Append(method).Append('\n')
            .Append(url.AbsolutePath).Append('\n')
            .Append(CanonicalQuery(url)).Append('\n');
        foreach (var (name, value) in headers)
            canonical.Append(name).Append(':').Append(value.Trim()).Append('\n');
        canonical.Append('\n').Append(signed).Append('\n').Append(payloadSha256);

        var day = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var scope = $"{day}/{region}/s3/aws4_request";
        var toSign = $"{Algorithm}\n{TimeOf(now)}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{credentials.Secret}");
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return $"{Algorithm} Credential={credentials.Key}/{scope}, SignedHeaders={signed}, Signature={Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}";
    }

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The query's parts by name, each with its <c>=</c>.</summary>
    private static string CanonicalQuery(Uri url) => string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Contains('=', StringComparison.Ordinal) ? part : part + "=").Order(StringComparer.Ordinal));

    private static string TimeOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
