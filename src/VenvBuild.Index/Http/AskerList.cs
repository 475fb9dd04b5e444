namespace VenvBuild.Index;

/// <summary>Finds on whose behalf a file is asked for: the index, page or request's address at the same scheme, host and port, whose credentials serve it too.</summary>
internal sealed class AskerList(IndexOptions options)
{
    private readonly Asker[] _addresses =
    [
        .. options.Addresses.Values.Where(address => address.UserInfo.Length > 0)
            .Select(address => new Asker(ShownUrl.WithoutSecrets(address), Credentials.FromUserInfo(address), null)),
    ];

    public Asker For(Uri url)
    {
        if (url.UserInfo.Length > 0)
            return new(ShownUrl.WithoutSecrets(url), Credentials.FromUserInfo(url), null);
        Asker? best = null;
        foreach (var asker in options.Indexes.Select(Asker.For).Concat(options.FindLinks.Where(links => links.Page is not null).Select(Asker.For)).Concat(_addresses))
        {
            if (!ShownUrl.IsSameOrigin(asker.Home!, url))
                continue;
            // Of several indexes on one host, the one whose path leads to the file knows it best.
            if (best is null || Shared(asker.Home!, url) > Shared(best.Home!, url))
                best = asker;
        }

        return best ?? Asker.Nobody;
    }

    private static int Shared(Uri home, Uri url) => home.AbsolutePath.AsSpan().CommonPrefixLength(url.AbsolutePath);
}
