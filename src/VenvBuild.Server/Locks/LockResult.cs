using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Answers a lock.</summary>
internal sealed class LockResult(LockAnswerBytes answer, bool isHit) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = LocksEndpoints.MediaType;
        response.ContentLength = answer.Content.Length;
        var headers = response.Headers;
        headers.ContentLocation = answer.ContentLocation;
        headers.ETag = answer.ETag;
        headers.CacheControl = "no-store";
        headers["VenvBuild-Cache"] = isHit ? "hit" : "miss";
        if (answer.HasMetadata)
            headers[LockMetadata.Header] = "yes";
        // A connection that is gone ends the writing by itself; its token would be made for each answer.
        return response.BodyWriter.WriteAsync(answer.Content, CancellationToken.None).AsTask();
    }
}
