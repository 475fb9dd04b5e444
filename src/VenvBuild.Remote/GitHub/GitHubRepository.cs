using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A repository on GitHub or on a GitHub Enterprise server.</summary>
/// <param name="Host">The host, such as <c>github.com</c>.</param>
/// <param name="Owner">The user or organisation.</param>
/// <param name="Name">The repository's name.</param>
/// <param name="Api">The root of the REST API, with a slash at its end.</param>
public sealed record GitHubRepository(string Host, string Owner, string Name, Uri Api)
{
    private const string PublicHost = "github.com";

    /// <summary>
    /// Reads <c>owner/repo</c> or <c>host/owner/repo</c>. Without a host it is the one that a workflow runs on (GITHUB_SERVER_URL with
    /// GITHUB_API_URL), or <c>github.com</c>; an Enterprise server has its API below <c>/api/v3/</c>.
    /// </summary>
    /// <exception cref="PackagingFormatException">The text is neither.</exception>
    public static GitHubRepository Parse(string text, Func<string, string?> environment)
    {
        switch (text.Split('/'))
        {
            case [{ Length: > 0 } owner, { Length: > 0 } name]:
                var host = Uri.TryCreate(environment("GITHUB_SERVER_URL"), UriKind.Absolute, out var server) ? server.Host : PublicHost;
                var api = Uri.TryCreate(environment("GITHUB_API_URL"), UriKind.Absolute, out var given) ? WithSlash(given) : ApiOf(host);
                return new(host, owner, name, api);
            case [{ Length: > 0 } at, { Length: > 0 } owner, { Length: > 0 } name]:
                return new(at, owner, name, ApiOf(at));
            default:
                throw new PackagingFormatException($"'{text}' is no repository: owner/repo, or host/owner/repo.", text, 0);
        }
    }

    /// <summary>Whether GitHub's own limits hold there: an Enterprise server has none unless somebody sets them.</summary>
    internal bool HasLimits => Host == PublicHost || Host.EndsWith(".ghe.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>The repository as people write it.</summary>
    public override string ToString() => Host == PublicHost ? $"{Owner}/{Name}" : $"{Host}/{Owner}/{Name}";

    private static Uri ApiOf(string host) => new(host == PublicHost ? "https://api.github.com/" : $"https://{host}/api/v3/");

    private static Uri WithSlash(Uri uri) => uri.AbsoluteUri.EndsWith('/') ? uri : new(uri.AbsoluteUri + "/");
}
