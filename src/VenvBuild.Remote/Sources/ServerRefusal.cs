using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>What a server says of an environment that it does not make, in the words of this tool.</summary>
internal static class ServerRefusal
{
    private const int MaxProblemBytes = 1 << 20;
    private const int MaxText = 2_000;

    /// <summary>The problem of an answer; null where it says none.</summary>
    public static async Task<ServerProblem?> ReadAsync(HttpResponseMessage answer, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/problem+json")
            return null;
        try
        {
            return JsonSerializer.Deserialize(await BoundedBody.ReadAsync(answer, MaxProblemBytes, stallTimeout, cancellationToken).ConfigureAwait(false), RemoteJson.Default.ServerProblem);
        }
        catch (Exception e) when (e is JsonException or DiagnosticException || PlaceClient.IsBroken(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>What stops a run, or is told before the work is done here; null where the server merely does not build for us.</summary>
    public static DiagnosticException? Of(string server, ServerProblem problem)
    {
        var checks = problem.Diagnostics.Where(diagnostic => diagnostic.Code == RemoteCodes.Checks).ToList();
        if (checks.Count > 0)
            return Failed(server, checks.Select(check => (check.Message, check.Detail)));
        return problem.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Code == RemoteCodes.Sources) is { } refused
            ? new(ExitCode.Integrity, Diagnostic.Error(RemoteCodes.Sources, $"The server {server} does not build it: {Shown(refused.Message)}", remedy: refused.Remedy is { } remedy ? Shown(remedy) : null))
            : null;
    }

    /// <summary>That checks failed at the server; null where none did.</summary>
    public static DiagnosticException? OfChecks(string server, IReadOnlyList<EnvironmentStatusCheck> checks) => checks.All(check => check.Passed)
        ? null
        : Failed(server, checks.Where(check => !check.Passed).Select(check => ($"The check '{check.Command}' failed: {check.Reason}. Nothing was published.", (string?)check.Output)));

    /// <summary>That checks run here, and not at the server.</summary>
    public static Diagnostic ChecksNotRun(string server, ServerProblem problem) =>
        Diagnostic.Verbose(RemoteCodes.Checks, $"The server {server} does not run the checks, and they run here: {Shown(problem.Detail ?? "it does not say why")}");

    private static DiagnosticException Failed(string server, IEnumerable<(string Message, string? Output)> checks) => new(ExitCode.BuildFailed, [.. checks.Select(check => Diagnostic.Error(
        RemoteCodes.Checks, $"At the server {server}: {Shown(check.Message)}", remedy: "See what it said; --no-server makes and checks the environment here.",
        detail: check.Output is { Length: > 0 } output ? Lines(output) : null))]);

    /// <summary>A server's words, without what could move a terminal's cursor, and not without end.</summary>
    private static string Shown(string text) => Lines(text).ReplaceLineEndings(" ") is { Length: > MaxText } longer ? longer[..MaxText] + "..." : Lines(text).ReplaceLineEndings(" ");

    private static string Lines(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));
}
