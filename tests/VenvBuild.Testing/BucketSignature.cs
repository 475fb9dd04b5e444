using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>Checks requests as S3 does (AWS Signature Version 4): in the header, or in the address, there with an end.</summary>
public static class BucketSignature
{
    /// <summary>The fault of a request that nobody signed.</summary>
    public const string Missing = "AccessDenied";

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>S3's code of what is wrong with a request, or null.</summary>
    public static string? Fault(HttpListenerRequest request, byte[] body, string key, string secret)
    {
        var target = request.RawUrl!.Split('?', 2);
        var query = target.Length < 2 || target[1].Length == 0
            ? []
            : target[1].Split('&').Select(part => part.Split('=', 2)).Select(part => (Name: part[0], Value: part.Length < 2 ? "" : part[1])).ToList();
        string? InQuery(string name) => query.Where(part => part.Name == name).Select(part => Uri.UnescapeDataString(part.Value)).FirstOrDefault();

        var isInQuery = InQuery("X-Amz-Algorithm") == Algorithm;
        string credential, signedHeaders, signature, time, payload;
        if (isInQuery)
        {
            (credential, signedHeaders, signature) = (InQuery("X-Amz-Credential")!, InQuery("X-Amz-SignedHeaders")!, InQuery("X-Amz-Signature")!);
            (time, payload) = (InQuery("X-Amz-Date")!, Unsigned);
            if (Time(time).AddSeconds(int.Parse(InQuery("X-Amz-Expires")!, CultureInfo.InvariantCulture)) < DateTimeOffset.UtcNow)
                return Missing;
        }
        else if (request.Headers["Authorization"] is { } header && header.StartsWith(Algorithm, StringComparison.Ordinal))
        {
            var fields = header[Algorithm.Length..].Split(',').Select(part => part.Trim().Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
            (credential, signedHeaders, signature) = (fields["Credential"], fields["SignedHeaders"], fields["Signature"]);
            (time, payload) = (request.Headers["x-amz-date"]!, request.Headers["x-amz-content-sha256"]!);
            if (payload != Unsigned && payload != Hex(SHA256.HashData(body)))
                return "XAmzContentSHA256Mismatch";
            if ((Time(time) - DateTimeOffset.UtcNow).Duration() > TimeSpan.FromMinutes(15))
                return "RequestTimeTooSkewed";
        }
        else
        {
            return Missing;
        }

        var scope = credential.Split('/');
        if (scope[0] != key)
            return "InvalidAccessKeyId";
        var headers = string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{(name == "host" ? request.UserHostName : request.Headers[name])?.Trim()}\n"));
        var canonicalQuery = string.Join('&', query.Where(part => part.Name != "X-Amz-Signature")
            .OrderBy(part => part.Name, StringComparer.Ordinal).ThenBy(part => part.Value, StringComparer.Ordinal).Select(part => $"{part.Name}={part.Value}"));
        var canonical = $"{request.HttpMethod}\n{target[0]}\n{canonicalQuery}\n{headers}\n{signedHeaders}\n{payload}";
        var toSign = $"{Algorithm}\n{time}\n{string.Join('/', scope[1..])}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signing = scope[1..].Aggregate(Encoding.UTF8.GetBytes($"AWS4{secret}"), (by, part) => HMACSHA256.HashData(by, Encoding.UTF8.GetBytes(part)));
        return signature == Hex(HMACSHA256.HashData(signing, Encoding.UTF8.GetBytes(toSign))) ? null : "SignatureDoesNotMatch";
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
