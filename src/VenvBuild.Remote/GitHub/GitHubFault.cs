using System.Globalization;
using Octokit;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>What GitHub can refuse, for the person who must act. Octokit's own texts stay out: they may repeat what was sent.</summary>
internal static class GitHubFault
{
    public static DiagnosticException Unauthorized(GitHubRepository repository, Exception? cause) => new(ExitCode.Integrity, Diagnostic.Error(
        SourceCodes.Unauthorized,
        $"{repository.Host} gives no right to the releases of {repository}, or wants another token.",
        remedy: "Give a token with the right to its contents in GITHUB_TOKEN, or log in with 'gh auth login'; a workflow needs 'permissions: {contents: write}' to publish."), cause);

    public static DiagnosticException RateLimited(GitHubRepository repository, DateTimeOffset until, Exception? cause) => new(ExitCode.Integrity, Diagnostic.Error(
        SourceCodes.RateLimited,
        string.Create(CultureInfo.InvariantCulture, $"{repository.Host} takes no more requests until {until.UtcDateTime:u}."),
        remedy: "Wait until then; with a token in GITHUB_TOKEN the limit is 5,000 requests an hour instead of 60."), cause);

    public static DiagnosticException TooLarge(string name, long length) => new(ExitCode.Integrity, Diagnostic.Error(
        SourceCodes.DoesNotFit,
        string.Create(CultureInfo.InvariantCulture, $"{name} has {length} bytes, and a release takes files below 2 GiB."),
        remedy: "Publish this environment to a folder that a web server or a bucket serves."));

    public static DiagnosticException NotKept(GitHubRepository repository, string name, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        SourceCodes.Failed,
        $"{repository} did not keep {name}: {why}.",
        remedy: "Run it again: what is there already is not sent again."));

    /// <summary>How long a secondary limit asks to wait.</summary>
    public static TimeSpan? RetryAfter(ApiException limit) =>
        limit.HttpResponse?.Headers.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
