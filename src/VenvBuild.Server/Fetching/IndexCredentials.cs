using VenvBuild.Index;

namespace VenvBuild.Server;

/// <summary>The users and passwords of indexes, which the operator alone gives; they go by addresses, as clients choose the names.</summary>
internal sealed class IndexCredentials(ServerSettings settings)
{
    /// <summary>An index with what it is asked with: the same where nothing is set for its address.</summary>
    public IndexLocation With(IndexLocation index)
    {
        if (index.Described is not null || settings.CredentialsOf.FirstOrDefault(one => IsAt(index.Url, one.Root)) is not { } known)
            return index;
        var url = new UriBuilder(index.Url) { UserName = Uri.EscapeDataString(known.User), Password = Uri.EscapeDataString(known.Password) };
        return new(index.Name, url.Uri, index.Packages);
    }

    private static bool IsAt(Uri url, Uri root) => new Uri(root.AbsoluteUri.TrimEnd('/') + "/").IsBaseOf(new(url.AbsoluteUri.TrimEnd('/') + "/"));
}
