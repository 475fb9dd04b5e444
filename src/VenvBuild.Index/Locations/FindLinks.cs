using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>A place of files that belong to any project: a folder, or a page that links to them.</summary>
public sealed class FindLinks
{
    private FindLinks(string? folder, Uri? page, Credentials? credentials, IReadOnlyList<DescribedFile>? described = null)
    {
        Folder = folder;
        Page = page;
        UrlCredentials = credentials;
        Described = described;
    }

    /// <summary>The folder's absolute path, or null for a page.</summary>
    public string? Folder { get; }

    /// <summary>The page's address without credentials, or null for a folder.</summary>
    public Uri? Page { get; }

    /// <summary>What another machine told of a folder of its own, or null for a place that is looked at.</summary>
    public IReadOnlyList<DescribedFile>? Described { get; }

    internal Credentials? UrlCredentials { get; }

    /// <summary>Reads a place as a manifest writes it: an http or https URL of a page, a <c>file:</c> URL or a path of a folder.</summary>
    /// <param name="text">The place.</param>
    /// <param name="baseFolder">What relative paths count from: the manifest's folder.</param>
    /// <exception cref="DiagnosticException">A URL of another kind.</exception>
    public static FindLinks Parse(string text, string baseFolder)
    {
        if (!text.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            return new(Path.GetFullPath(text, Path.GetFullPath(baseFolder)), null, null);
        if (url.IsFile)
            return new(Path.GetFullPath(url.LocalPath), null, null);
        if (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            return new(null, ShownUrl.WithoutSecrets(url), Credentials.FromUserInfo(url));
        throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            IndexCodes.BadLocation,
            $"find-links cannot look at '{ShownUrl.Of(url)}': it is neither a folder nor an http or https page.",
            remedy: "Give a folder's path or the URL of a page that links to files."));
    }

    /// <summary>A folder of another machine, as that machine tells of it.</summary>
    /// <param name="folder">What it is called in messages.</param>
    /// <param name="files">Its files, in ordinal order of their names, with <c>file:</c> addresses that need not exist.</param>
    public static FindLinks Of(string folder, IReadOnlyList<DescribedFile> files) => new(folder, null, null, files);

    /// <summary>The projects of which a folder holds files; none for a page.</summary>
    /// <exception cref="DiagnosticException">The folder is missing or cannot be read.</exception>
    public IReadOnlyList<PackageName> ListProjects() => Folder is null || Described is not null ? [] : [.. LinkSource.ReadFolder(Folder).Keys.Order()];

    /// <summary>The folder or the page, without credentials.</summary>
    public override string ToString() => Folder ?? ShownUrl.Of(Page!);
}
