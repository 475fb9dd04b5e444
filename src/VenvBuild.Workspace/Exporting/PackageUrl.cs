using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Package URLs of type <c>pypi</c>: what scanners and registries of vulnerabilities call a distribution.</summary>
internal static class PackageUrl
{
    /// <summary>The URL of a pin, or of one of its files.</summary>
    public static string Of(LockedPackage package, string? fileName = null)
    {
        var text = new StringBuilder("pkg:pypi/").Append(package.Name.Value);
        if (package.Version is { } version)
            text.Append('@').Append(Uri.EscapeDataString(version.ToString()));
        // The qualifiers in ordinal order. The public index goes without saying; that another one was meant does not.
        var separator = '?';
        if (package.Archive?.Url is { } archive)
            Add("download_url", archive.AbsoluteUri);
        if (fileName is not null)
            Add("file_name", fileName);
        if (package.Index is { } index && index.Host != "pypi.org")
            Add("repository_url", index.AbsoluteUri.TrimEnd('/'));
        if (package.Vcs is { Url: { } url } tree)
            Add("vcs_url", $"{tree.Type}+{url}@{tree.CommitId}");
        return text.ToString();

        void Add(string key, string value)
        {
            // What a URL is made of stays readable in a qualifier; its own separators must not.
            text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal));
            separator = '&';
        }
    }
}
