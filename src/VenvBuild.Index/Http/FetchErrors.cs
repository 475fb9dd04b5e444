using System.Globalization;
using System.Net;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>What a person is told when a request fails: what was asked of whom, why it failed, and what to do.</summary>
internal static class FetchErrors
{
    public static DiagnosticException Stop(Diagnostic diagnostic, Exception? inner = null) => new(ExitCode.Integrity, diagnostic, inner);

    public static Diagnostic Unauthorized(FetchRequest request, Uri url, HttpStatusCode status, bool hadCredentials, string searched) => Diagnostic.Error(
        IndexCodes.Unauthorized,
        hadCredentials
            ? $"{ShownUrl.Of(url)} refused the credentials it was given ({(int)status}), so {request.What} cannot be read."
            : $"{ShownUrl.Of(url)} asks for credentials ({(int)status}) and none were found, so {request.What} cannot be read.",
        remedy: $"{(hadCredentials ? "Correct" : "Add")} a user and password; looked for in: {searched}.");

    public static Diagnostic ServerFailed(FetchRequest request, Uri url, HttpStatusCode status, int attempts, TimeSpan? retryAfter)
    {
        var wait = retryAfter is { } asked ? string.Create(CultureInfo.InvariantCulture, $" and asks for a pause of {asked.TotalSeconds:0} s") : "";
        return status == HttpStatusCode.TooManyRequests
            ? Diagnostic.Error(
                IndexCodes.ServerFailed,
                $"{ShownUrl.Of(url)} answers {request.What} with 429 (too many requests){wait}, after {Times(attempts)}.",
                remedy: "Wait and run it again, or name a mirror with --index-url.")
            : Diagnostic.Error(
                IndexCodes.ServerFailed,
                $"{ShownUrl.Of(url)} answers {request.What} with {(int)status} ({Phrase(status)}){wait}, after {Times(attempts)}.",
                remedy: "The server is at fault: run it again later, or name a mirror with --index-url.");
    }

    public static Diagnostic TimedOut(FetchRequest request, Uri url, TimeSpan timeout, int attempts) => Diagnostic.Error(
        IndexCodes.TimedOut,
        string.Create(CultureInfo.InvariantCulture, $"{ShownUrl.Of(url)} sent nothing for {timeout.TotalSeconds:0.###} s while {request.What} was read, in each of {Times(attempts)}."),
        remedy: "Check the network and the proxy settings, or name a mirror with --index-url.");

    public static Diagnostic Forbidden(FetchRequest request, string host) => Diagnostic.Error(
        IndexCodes.ForbiddenAddress,
        $"'{host}' is an address inside the network of whoever fetches, which nobody has allowed, so {request.What} is not read.",
        remedy: "Whoever runs this server can list the host; else leave it to the client with --no-server.");

    public static Diagnostic Connection(FetchRequest request, Uri url, Exception cause, int attempts) => cause switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Diagnostic.Error(
            IndexCodes.HostUnknown,
            $"The host '{url.Host}' has no address, so {request.What} cannot be read.",
            remedy: "Check the index's URL and the network; with --offline only the cache is used."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => Diagnostic.Error(
            IndexCodes.TlsFailed,
            $"No trusted connection to {ShownUrl.Of(url)} can be made, so {request.What} cannot be read: {Innermost(cause)}",
            remedy: "Have the machine trust the index's certificate authority (SSL_CERT_FILE names a file of certificates), or correct the clock or the URL."),
        _ => Diagnostic.Error(
            IndexCodes.ConnectionFailed,
            $"The connection to {ShownUrl.Of(url)} failed while {request.What} was read, in each of {Times(attempts)}: {Innermost(cause)}",
            remedy: "Check the network, the URL and the proxy settings; with --offline only the cache is used."),
    };

    public static Diagnostic TooLarge(FetchRequest request, Uri url, long limit) => Diagnostic.Error(
        IndexCodes.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"What {ShownUrl.Of(url)} sends for {request.What} is larger than {limit / 1048576.0:0.###} MiB, the most that is accepted."),
        remedy: "Check that the URL is a package index's; no real page is that large.");

    public static Diagnostic BadRedirect(FetchRequest request, Uri url, string why) => Diagnostic.Error(
        IndexCodes.BadRedirect,
        $"{ShownUrl.Of(url)} redirects the request for {request.What} {why}.",
        remedy: "Give the index's final URL in the manifest.");

    public static Diagnostic Unexpected(FetchRequest request, Uri url, HttpStatusCode status) => Diagnostic.Error(
        IndexCodes.UnexpectedAnswer,
        $"{ShownUrl.Of(url)} answers {request.What} with {(int)status} ({Phrase(status)}).",
        remedy: "Check that the URL is the root of a package index's simple API, such as https://pypi.org/simple.");

    public static Diagnostic Offline(string what, Uri url) => Diagnostic.Error(
        IndexCodes.OfflineNotCached,
        $"Offline, and the cache does not hold {what} of {ShownUrl.Of(url)}.",
        remedy: "Run it once without --offline, or put the files into a folder named under find-links.");

    /// <summary>Of nested causes the last word, which names what happened; system texts hold no addresses with credentials.</summary>
    private static string Innermost(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        return cause.Message.TrimEnd('.') + ".";
    }

    private static string Times(int attempts) => attempts == 1 ? "1 attempt" : string.Create(CultureInfo.InvariantCulture, $"{attempts} attempts");

    private static string Phrase(HttpStatusCode status)
    {
        var name = status.ToString();
        var text = new System.Text.StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append(' ');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
