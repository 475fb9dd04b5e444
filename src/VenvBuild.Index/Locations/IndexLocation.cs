using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>An index that speaks the simple repository API (PEP 503, PEP 691), and the names it is asked for.</summary>
public sealed class IndexLocation
{
    /// <summary>The public index, by its well-known name.</summary>
    public static readonly IndexLocation PyPI = new("pypi", new Uri("https://pypi.org/simple"));

    /// <summary>Names an index.</summary>
    /// <param name="name">What it is called in messages and in the names of environment variables that hold its credentials.</param>
    /// <param name="url">The root of its pages, http or https. A user and password in it are used and never shown or written.</param>
    /// <param name="packages">
    /// The names it serves: they are asked nowhere else, and the index is asked for no other. Without any, it serves all names that no other
    /// index claims.
    /// </param>
    /// <exception cref="DiagnosticException">The address is not http or https.</exception>
    public IndexLocation(string name, Uri url, params IReadOnlyList<NamePattern> packages)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                IndexCodes.BadLocation,
                $"The index '{name}' has the address '{ShownUrl.Of(url)}', which is neither http nor https.",
                remedy: "Give the URL of its simple API, such as https://pypi.org/simple; folders of files belong under find-links."));
        }

        Name = name;
        Packages = packages;
        UrlCredentials = Credentials.FromUserInfo(url);
        Url = ShownUrl.WithoutSecrets(url);
        Root = new Uri(Url.AbsoluteUri.EndsWith('/') ? Url.AbsoluteUri : Url.AbsoluteUri + "/");
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>The root of its pages, without credentials: fit for a lock.</summary>
    public Uri Url { get; }

    /// <summary>The names it alone serves; empty for all others.</summary>
    public IReadOnlyList<NamePattern> Packages { get; }

    /// <summary>
    /// What another machine told of an index that only it can see, by project; null for an index that is asked. A project that is absent
    /// was not told of, which ends the solve; one without files does not exist there.
    /// </summary>
    public IReadOnlyDictionary<PackageName, IReadOnlyList<DescribedFile>>? Described { get; init; }

    internal Credentials? UrlCredentials { get; }

    internal Uri Root { get; }

    /// <summary>Where the page of a project is.</summary>
    internal Uri PageOf(PackageName name) => new(Root, name.Value + "/");

    /// <summary>The name and address, without credentials.</summary>
    public override string ToString() => $"{Name} ({Url})";
}
