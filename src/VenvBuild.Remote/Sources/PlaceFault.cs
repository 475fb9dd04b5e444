using System.Globalization;
using System.Net;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>What can go wrong with a place, for the person who must act. Addresses are shown without what may be a secret.</summary>
internal static class PlaceFault
{
    /// <summary>An address without credentials, query and fragment.</summary>
    public static string Shown(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public static DiagnosticException LayerMissing(string source, LayerReference layer) => Stop(
        SourceCodes.NotFound, $"{source} has not got {layer} (sha256:{layer.Digest}), which the environment needs.", "Make the environment again: dotnet pyenv sync.");

    public static DiagnosticException Contended(string place) => Stop(
        SourceCodes.Failed, $"Others change the environment in {place} one after another.", "Run it again: what is there already is not sent again.");

    public static DiagnosticException Unwritable(string path, Exception cause) => Stop(
        SourceCodes.Failed, $"'{path}' cannot be written: {cause.Message}", "See that there is room, and that this user may write there.", cause);

    public static DiagnosticException Unreadable(string path, Exception cause) => Stop(
        SourceCodes.Failed, $"'{path}' cannot be read: {cause.Message}", "See that this user may read there, or name another source.", cause);

    public static DiagnosticException TooLarge(string what, long limit) => Stop(
        SourceCodes.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{what} is larger than {limit >> 20} MiB, the most that is accepted."), "No real one is that large: look at what wrote it.");

    public static DiagnosticException Unreachable(Uri url, Exception cause) => Stop(
        SourceCodes.Unreachable, $"{Shown(url)} cannot be reached: {Innermost(cause)}", "Check the network and the address; --offline uses what is here.", cause);

    public static DiagnosticException Answered(Uri url, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Stop(
            SourceCodes.Unauthorized, $"{Shown(url)} answers {(int)status}: it wants other credentials, or gives these no right to that.", "Log in there, or see what the token may do."),
        HttpStatusCode.TooManyRequests => Stop(SourceCodes.RateLimited, $"{Shown(url)} takes no more requests for a while (429).", "Wait, and run it again."),
        _ => Stop(SourceCodes.Failed, $"{Shown(url)} answers {(int)status}.", "Check the address; if it is right, whoever runs the place must look."),
    };

    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sibling that stays behind is swept by pruning; what failed before is the news.
        }
    }

    private static DiagnosticException Stop(string code, string message, string remedy, Exception? cause = null) =>
        new(ExitCode.Integrity, Diagnostic.Error(code, message, remedy: remedy), cause);

    private static string Innermost(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        return cause.Message.TrimEnd('.') + ".";
    }
}
