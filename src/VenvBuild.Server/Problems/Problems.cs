using System.Globalization;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Answers that say what is wrong (RFC 9457).</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public static IResult BadRequest(string detail) => Of(400, ServerProblemTypes.BadRequest, "The request is not as the contract says", detail);

    public static IResult UnsupportedMediaType(string detail) => Of(415, ServerProblemTypes.BadRequest, "The request is not as the contract says", detail);

    public static IResult NotFound(string detail) => Of(404, ServerProblemTypes.NotFound, "There is nothing here", detail);

    public static IResult NotAllowed(bool isKnown, string detail) => Of(isKnown ? 403 : 401, ServerProblemTypes.NotAllowed, "Not allowed", detail);

    public static IResult Bound(int status, string detail) => Of(status, ServerProblemTypes.Bound, "A bound is reached", detail);

    public static IResult Quota(QuotaException quota) =>
        new ProblemResult(new() { Type = ServerProblemTypes.Bound, Title = "A quota is used up", Status = 429, Detail = quota.Message }) { Wait = quota.Wait };

    public static IResult Needs(string detail, IReadOnlyList<SourceNeed> needs) => new ProblemResult(new()
    {
        Type = ServerProblemTypes.SourcesNeeded,
        Title = "The server must be told of places that it does not ask",
        Status = 409,
        Detail = detail,
        Needs = needs,
    });

    /// <summary>A build that failed, with what its checks said.</summary>
    public static IResult NotMade(Build build) => new ProblemResult(new()
    {
        Type = ServerProblemTypes.NotBuilt,
        Title = "The environment could not be made",
        Status = 422,
        Detail = build.Reason,
        Diagnostics = [.. StatusWriter.ChecksOf(build).Where(check => !check.Passed).Select(check => Tell(Diagnostic.Error(
            ServerCodes.Checks, $"The check '{check.Command}' failed: {check.Reason}. Nothing was published.", detail: check.Output)))],
    });

    /// <summary>What a diagnostic stopped.</summary>
    public static IResult Of(DiagnosticException failure)
    {
        var (status, type, title) = failure.ExitCode switch
        {
            ExitCode.Unsatisfiable => (422, ServerProblemTypes.Unsatisfiable, "No lock satisfies the requests"),
            ExitCode.Usage => (422, ServerProblemTypes.BadManifest, "The manifest or the lock is in error"),
            ExitCode.BuildFailed => (422, ServerProblemTypes.NotBuilt, "A wheel is not built here"),
            ExitCode.CheckFailed => (502, ServerProblemTypes.IndexFailed, "The resolver's answer was refused"),
            _ => (502, ServerProblemTypes.IndexFailed, "An index failed"),
        };
        return new ProblemResult(new()
        {
            Type = type,
            Title = title,
            Status = status,
            Detail = failure.Diagnostics[0].Message,
            Diagnostics = [.. failure.Diagnostics.Select(Tell)],
        });
    }

    public static IResult Of(int status, string type, string title, string? detail) =>
        new ProblemResult(new() { Type = type, Title = title, Status = status, Detail = detail });

    /// <summary>What a status says that came about without an endpoint.</summary>
    public static IResult OfStatus(int status) => status switch
    {
        404 => NotFound("There is nothing at this address."),
        405 => Of(405, ServerProblemTypes.BadRequest, "The request is not as the contract says", "This address takes other methods."),
        415 => UnsupportedMediaType("The body is of another kind than this address takes."),
        413 => Bound(413, "The request is larger than this server takes."),
        429 => Bound(429, "Too many requests: wait a little."),
        503 => Bound(503, "The database does not answer. Ask again in a moment."),
        >= 500 => Of(status, "about:blank", "The server failed", "The server failed. Its log says why."),
        _ => Of(status, ServerProblemTypes.BadRequest, "The request is not as the contract says", string.Create(CultureInfo.InvariantCulture, $"The status is {status}.")),
    };

    private static ServerDiagnostic Tell(Diagnostic diagnostic) => new()
    {
        Code = diagnostic.Code,
        Help = $"/problems/{diagnostic.Code}",
        Severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning",
        Message = diagnostic.Message,
        Remedy = diagnostic.Remedy,
        Detail = diagnostic.Detail,
        Line = diagnostic.Location?.Line ?? 0,
        Column = diagnostic.Location?.Column ?? 0,
    };
}
