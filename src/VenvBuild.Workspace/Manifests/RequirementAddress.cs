using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// The address of a requirement (<c>name @ address</c>): an https, http or file URL of a wheel, an sdist or, as a file URL, a project's
/// folder; or such a place's path from the manifest's folder, which begins with <c>./</c> or <c>../</c>.
/// </summary>
internal static class RequirementAddress
{
    /// <summary>Where an address leads, absolute, or a sentence that says why nowhere.</summary>
    public static (Uri? Url, string? Problem) Read(string address, string folder)
    {
        if (address.StartsWith("./", StringComparison.Ordinal) || address.StartsWith("../", StringComparison.Ordinal))
        {
            var fragment = address.IndexOf('#', StringComparison.Ordinal) is var at and >= 0 ? at : address.Length;
            // As a URL's path is read, so that %20 can stand for the space that ends an address.
            var path = Uri.UnescapeDataString(address[..fragment]);
            return path.Contains('\0', StringComparison.Ordinal)
                ? (null, "It is no path.")
                : Check(new UriBuilder(new Uri(Path.GetFullPath(path, Path.GetFullPath(folder)))) { Fragment = address[fragment..] }.Uri);
        }

        if (address.StartsWith("git+", StringComparison.Ordinal) || address.StartsWith("hg+", StringComparison.Ordinal)
            || address.StartsWith("svn+", StringComparison.Ordinal) || address.StartsWith("bzr+", StringComparison.Ordinal))
        {
            return (null, "Trees in version control are not locked: a wheel or an archive of them is.");
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var url) && address.Contains("://", StringComparison.Ordinal)
            && (url.IsFile || ((url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url.Host.Length > 0))
            ? Check(url)
            : (null, "It is neither an https, http or file URL nor a path that begins with './' or '../'.");
    }

    /// <summary>The requirement as the resolver and the lock may see it: without credentials.</summary>
    public static Requirement WithoutCredentials(Requirement requirement) => requirement.Url is not { } address
        ? requirement
        : new()
        {
            Name = requirement.Name,
            Extras = requirement.Extras,
            Specifiers = requirement.Specifiers,
            Url = Credentials.Strip(address),
            Marker = requirement.Marker,
        };

    private static (Uri? Url, string? Problem) Check(Uri url)
    {
        foreach (var word in url.Fragment.TrimStart('#').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith("egg=", StringComparison.Ordinal))
                continue;
            if (!word.StartsWith("sha256=", StringComparison.Ordinal))
                return (null, $"After '#', '{word}' is none of sha256=DIGEST and egg=NAME.");
            if (!Sha256Digest.TryParse(word.AsSpan("sha256=".Length), out _))
                return (null, "After '#sha256=' come 64 hex digits.");
        }

        return (url, null);
    }
}
