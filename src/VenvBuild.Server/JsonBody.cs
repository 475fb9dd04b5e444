using System.Text.Json;

namespace VenvBuild.Server;

/// <summary>Reads the JSON body of a request; what cannot be read is its sender's fault.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        MaxDepth = 16,
    };

    /// <summary>The body, or the answer to one that cannot be read.</summary>
    public static async Task<(T? Body, IResult? Refusal)> ReadAsync<T>(HttpContext context, string what)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
            return (null, Problems.BadRequest("The body is JSON: Content-Type: application/json."));
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) is { } body
                ? (body, null)
                : (null, Problems.BadRequest($"The body is no request for {what}."));
        }
        catch (JsonException e)
        {
            return (null, Problems.BadRequest($"The body is no request for {what}: at {e.Path ?? "$"}, line {e.LineNumber + 1}."));
        }
        catch (BadHttpRequestException e)
        {
            return (null, Problems.OfStatus(e.StatusCode));
        }
    }
}
