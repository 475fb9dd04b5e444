namespace VenvBuild.Index;

/// <summary>On whose behalf a request is made: whose credentials may go with it, and only to that home.</summary>
internal sealed record Asker(Uri? Home, Credentials? UrlCredentials, string? IndexName)
{
    public static readonly Asker Nobody = new(null, null, null);

    public static Asker For(IndexLocation index) => new(index.Url, index.UrlCredentials, index.Name);

    public static Asker For(FindLinks page) => new(page.Page, page.UrlCredentials, null);
}
