namespace VenvBuild.Server;

/// <summary>Which indexes and pages a client may have the server ask.</summary>
internal sealed class IndexPolicy(ServerSettings settings)
{
    private readonly Uri[] _roots = [.. settings.AllowedIndexes.Where(root => root != "*").Select(root => new Uri(root.TrimEnd('/') + "/"))];
    private readonly bool _isOpen = settings.AllowedIndexes.Contains("*");

    public bool Allows(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("https" or "http"))
            return false;
        return _isOpen || Array.Exists(_roots, root => root.IsBaseOf(new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/")));
    }

    /// <summary>How long what an index says counts as fresh.</summary>
    public TimeSpan FreshnessOf(Uri index) => settings.FreshnessOf.GetValueOrDefault(index.AbsoluteUri.TrimEnd('/'), settings.Freshness);
}
