using System.Net.Sockets;
using Amazon.Runtime;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What can go wrong with a bucket, for the person who must act. What the service answered is named by its code alone.</summary>
internal static class BucketFault
{
    public static bool IsBucket(Exception e) => e is AmazonClientException or AmazonServiceException or HttpRequestException or SocketException
        || (e is TimeoutException or OperationCanceledException && e.InnerException is TimeoutException);

    public static DiagnosticException Of(Exception e, BucketSettings settings)
    {
        var where = settings.Endpoint is { } endpoint ? $" at {endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}" : "";
        var (what, remedy) = e switch
        {
            AmazonServiceException { ErrorCode: "NoSuchBucket" } => ("there is none", $"Make it, or name another with {Key("Bucket")}; behind some services {Key("PathStyle")} must be true."),
            AmazonServiceException { ErrorCode: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "ExpiredToken" or "AuthFailure" } known => (
                $"the credentials are refused ({known.ErrorCode})", $"Check {Key("AccessKey")} and {Key("SecretKey")}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and this machine's clock."),
            AmazonServiceException { StatusCode: System.Net.HttpStatusCode.Forbidden } => (
                "these credentials have no right to it", "They need s3:ListBucket of it, and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload of what is in it."),
            AmazonServiceException { ErrorCode: "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException" } => (
                "it is in another region", $"Name its region with {Key("Region")}."),
            _ when IsNetwork(e) => ("the service cannot be reached", $"Check {Key("Endpoint")} and that the service runs."),
            AmazonServiceException { ErrorCode: { Length: > 0 } code } => ($"the service answers {code}", $"Check {Key("Endpoint")}, {Key("Bucket")} and the service itself."),
            AmazonClientException => ("there are no credentials, or no region", $"Name {Key("AccessKey")} and {Key("SecretKey")}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; and {Key("Region")}."),
            _ => ("the service fails", $"Check {Key("Endpoint")} and the service itself."),
        };
        // What passes by itself is an integrity failure, which a build tries again.
        return new(ExitCode.Integrity, Diagnostic.Error(ServerCodes.Storage, $"The bucket {settings}{where} cannot be used: {what}.", remedy: remedy), e);
    }

    private static bool IsNetwork(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or SocketException or IOException or TimeoutException)
                return true;
        }

        return false;
    }

    private static string Key(string name) => $"{ServerSettings.Section}:{BucketSettings.Section}:{name}";
}
