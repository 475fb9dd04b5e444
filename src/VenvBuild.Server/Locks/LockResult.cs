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
        return response.BodyWriter.WriteAsync(answer.Content, httpContext.RequestAborted).AsTask();
    }
}
