namespace VenvBuild.Packaging;

/// <summary>
/// What an index says of one project, or a page of links to files says of many: the files that can be used. Read from the JSON of PEP 691
/// or the HTML of PEP 503, with what PEP 592, 629, 658, 700, 714, 740 and 792 add. What is neither a wheel nor an sdist is passed over.
/// </summary>
public sealed class ProjectPage
{
    /// <summary>The most files that a page may list; the longest on the public index has a tenth of it.</summary>
    public const int MaxFiles = 250_000;

    internal ProjectPage(PackageName? name, IReadOnlyList<IndexFile> files)
    {
        Name = name;
        Files = files;
    }

    /// <summary>The project, or null of a page of links to files of any project.</summary>
    public PackageName? Name { get; }

    /// <summary>The wheels and sdists, in the page's order; none of a quarantined project.</summary>
    public IReadOnlyList<IndexFile> Files { get; }

    /// <summary>How many files or links were passed over: no wheel or sdist of that project, or no address that can be used.</summary>
    public int SkippedCount { get; internal init; }

    /// <summary>The version of the interface that the page states, such as <c>1.1</c> (PEP 629), or null: perhaps this is no index.</summary>
    public string? ApiVersion { get; internal init; }

    /// <summary>All versions that the index states, those without files too (PEP 700); none where it states none.</summary>
    public IReadOnlyList<PackageVersion> Versions { get; internal init; } = [];

    /// <summary>The state of the project.</summary>
    public ProjectStatus Status { get; internal init; }

    /// <summary>Why the project has that state, where that is said; without control characters.</summary>
    public string? StatusReason { get; internal init; }

    /// <summary>Sentences about what is odd on the page and does no harm.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Reads the JSON form (<c>application/vnd.pypi.simple.v1+json</c>).</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="baseUrl">The address that the body came from, after redirects: relative addresses resolve against it.</param>
    /// <param name="project">The project that was asked for: the page must be its. Null takes the name from the page.</param>
    /// <exception cref="PackagingFormatException">
    /// The body is no such document, is another project's, or speaks a newer major version of the interface. The text is an excerpt.
    /// </exception>
    public static ProjectPage ParseJson(ReadOnlyMemory<byte> utf8, Uri baseUrl, PackageName? project = null) =>
        JsonPageReader.Read(utf8.Span, new(baseUrl, project));

    /// <summary>Reads the HTML form: a page of an index, or any page with links to files.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="baseUrl">The address that the body came from, after redirects: relative addresses resolve against it.</param>
    /// <param name="project">The project whose files are wanted. Null keeps the files of all.</param>
    /// <exception cref="PackagingFormatException">
    /// The body is no HTML, or speaks a newer major version of the interface. The text is an excerpt.
    /// </exception>
    public static ProjectPage ParseHtml(ReadOnlyMemory<byte> utf8, Uri baseUrl, PackageName? project = null) =>
        HtmlPageReader.Read(utf8.Span, new(baseUrl, project));
}
