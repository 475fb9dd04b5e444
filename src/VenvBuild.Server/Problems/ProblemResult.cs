using System.Globalization;
using System.Text.Json;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Writes a problem.</summary>
internal sealed class ProblemResult(ServerProblem problem) : IResult
{
    public ServerProblem Problem => problem;

    /// <summary>How long to wait, where that is known.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = problem.Status;
        response.ContentType = Problems.ContentType;
        if (problem.Status is 401)
            response.Headers.WWWAuthenticate = "Bearer";
        if (problem.Status is 429 or 503)
            response.Headers.RetryAfter = ((long)Math.Ceiling(Wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, RemoteJson.Default.ServerProblem), httpContext.RequestAborted);
    }
}
