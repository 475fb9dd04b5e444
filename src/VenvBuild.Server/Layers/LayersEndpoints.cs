using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary><c>/v1/layers</c>: archives by the SHA-256 of their unpacked bytes, packed for those who say that they take them so.</summary>
internal static class LayersEndpoints
{
    public const string MediaType = "application/x-tar";

    private const int MaxAsked = EnvironmentManifest.MaxLayers;
    /// <summary>The coding in which archives are kept and travel.</summary>
    public const string Packing = "zstd";

    /// <summary>How long an object may be kept by whoever may read it.</summary>
    public const string Immutable = "max-age=31536000, immutable";

    private static readonly Action<ILogger, string, Exception?> Failed = LoggerMessage.Define<string>(LogLevel.Error, new(22, nameof(Failed)), "{Failure}");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/layers/{digest}", [HttpMethods.Get, HttpMethods.Head], ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetLayer").WithSummary("A layer's archive; ranges are served. It never changes.")
            .Produces<byte[]>(200, MediaType).Produces<byte[]>(206, MediaType).Produces(307).Produces<ServerProblem>(404, Problems.ContentType);
        routes.MapPut("/v1/layers/{digest}", WriteAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Push))
            .WithName("PutLayer").WithSummary("Takes a layer's archive in, packed with zstd or not, if it is the one.")
            .Accepts<byte[]>(MediaType)
            .Produces(201).Produces(204).Produces<ServerProblem>(413, Problems.ContentType).Produces<ServerProblem>(422, Problems.ContentType);
        routes.MapPost("/v1/layers/missing", FindMissingAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("FindMissingLayers").WithSummary("Which of these layers are not here.")
            .Accepts<LayerList>("application/json").Produces<LayerList>(200).Produces<ServerProblem>(400, Problems.ContentType);
    }

    private static async Task<IResult> ReadAsync(string digest, HttpContext context, LayerShelf shelf, AnonymousScopes anonymous, UseLog uses, ServerMetrics metrics)
    {
        if (Parse(digest) is not { } parsed)
            return NoDigest();
        if (await shelf.FindSizeAsync(parsed, context.RequestAborted) is not { } size)
            return Problems.NotFound("No layer with this digest is kept here.");
        uses.Layer(parsed.ToString());
        var headers = context.Response.Headers;
        headers.Vary = HeaderNames.AcceptEncoding;
        var takesPacked = TakesPacked(context.Request);
        try
        {
            if (takesPacked && await shelf.LinkAsync(parsed, HttpMethods.IsHead(context.Request.Method)) is { } link)
            {
                // The address is a right to read that ends: nobody keeps it.
                headers.CacheControl = "no-store";
                headers.Location = link.AbsoluteUri;
                return Results.StatusCode(StatusCodes.Status307TemporaryRedirect);
            }

            if (await shelf.OpenAsync(parsed, context.RequestAborted) is not { } packed)
                return Problems.NotFound("This layer is not kept here any more.");
            headers.CacheControl = anonymous.Immutable;
            context.Response.OnCompleted(() =>
            {
                metrics.Transferred("out", context.Response.ContentLength ?? 0);
                return Task.CompletedTask;
            });
            if (takesPacked)
                headers.ContentEncoding = Packing;
            return takesPacked
                ? Results.Stream(packed, MediaType, entityTag: new EntityTagHeaderValue($"\"sha256:{parsed}+{Packing}\""), enableRangeProcessing: true)
                : Results.Stream(new UnpackedLayer(packed, size), MediaType, entityTag: new EntityTagHeaderValue($"\"sha256:{parsed}\""), enableRangeProcessing: true);
        }
        catch (DiagnosticException failure)
        {
            return Unusable(context, failure);
        }
    }

    private static async Task<IResult> WriteAsync(string digest, HttpContext context, LayerShelf shelf, ServerSettings settings, Quotas quotas, ServerMetrics metrics)
    {
        if (Parse(digest) is not { } parsed)
            return NoDigest();
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or Packing or "identity"))
            return Problems.Of(415, ServerProblemTypes.BadRequest, "The request is not as the contract says", "An archive is sent as it is, or packed with zstd.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = settings.LayerBytes;
        try
        {
            if ((await shelf.FindAsync([parsed], context.RequestAborted)).Count > 0)
                return Results.NoContent();
            await quotas.CheckStorageAsync(Quotas.CallerOf(context), context.Request.ContentLength ?? 0, context.RequestAborted);
            await shelf.PutAsync(parsed, context.Request.Body, Quotas.CallerOf(context).Key, context.RequestAborted);
            metrics.Transferred("in", context.Request.ContentLength ?? 0);
            return Results.Created($"/v1/layers/sha256:{parsed}", null);
        }
        catch (QuotaException quota)
        {
            return Problems.Quota(quota);
        }
        catch (LayerUploadException refusal)
        {
            return refusal.IsTooLarge
                ? Problems.Bound(413, refusal.Message)
                : Problems.Of(422, ServerProblemTypes.BadRequest, "The archive is refused", $"{refusal.Message} Nothing of it was kept.");
        }
        catch (BadHttpRequestException e)
        {
            return Problems.OfStatus(e.StatusCode);
        }
        catch (DiagnosticException failure)
        {
            return Unusable(context, failure);
        }
    }

    private static async Task<IResult> FindMissingAsync(HttpContext context, LayerShelf shelf, UseLog uses)
    {
        LayerList? asked;
        try
        {
            if (!context.Request.HasJsonContentType())
                return Problems.UnsupportedMediaType("The body is JSON: Content-Type: application/json.");
            asked = await JsonSerializer.DeserializeAsync(context.Request.Body, RemoteJson.Default.LayerList, context.RequestAborted);
        }
        catch (JsonException)
        {
            return Problems.BadRequest("The body is no list of layers.");
        }
        catch (BadHttpRequestException e)
        {
            return Problems.OfStatus(e.StatusCode);
        }

        if (asked?.Layers is null || asked.Layers.Count > MaxAsked)
            return Problems.BadRequest(string.Create(CultureInfo.InvariantCulture, $"The body is a list of at most {MaxAsked} layers."));
        var digests = new List<Sha256Digest>(asked.Layers.Count);
        foreach (var text in asked.Layers)
        {
            if (text is null || Parse(text) is not { } digest)
                return NoDigest();
            digests.Add(digest);
        }

        IReadOnlySet<Sha256Digest> here;
        try
        {
            // Who is told that a layer is here relies on it.
            await uses.LayersAsync([.. digests.Select(digest => digest.ToString())], context.RequestAborted);
            here = await shelf.FindAsync(digests, context.RequestAborted);
        }
        catch (DiagnosticException failure)
        {
            return Unusable(context, failure);
        }

        var missing = new LayerList { Layers = [.. digests.Where(digest => !here.Contains(digest)).Distinct().Select(digest => $"sha256:{digest}")] };
        return Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(missing, RemoteJson.Default.LayerList), "application/json");
    }

    /// <summary>The storage fails, which is no business of the client's; its operator reads why.</summary>
    private static IResult Unusable(HttpContext context, DiagnosticException failure)
    {
        Failed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LayersEndpoints)), failure.Diagnostics[0].ToString(), null);
        return Problems.Of(503, "about:blank", "The layers' store does not answer", "The server's log says why.");
    }

    private static bool TakesPacked(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted)
        && accepted.Any(coding => coding.Value.Equals(Packing, StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static Sha256Digest? Parse(string text)
    {
        var hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text.AsSpan("sha256:".Length) : text;
        return Sha256Digest.TryParse(hex, out var digest) ? digest : null;
    }

    private static IResult NoDigest() => Problems.BadRequest("A layer is named by the SHA-256 of its unpacked archive: 64 hex digits.");
}
