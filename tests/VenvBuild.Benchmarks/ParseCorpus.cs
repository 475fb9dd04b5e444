using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Benchmarks;

/// <summary>Real texts to parse, asked of the slice's server.</summary>
internal sealed class ParseCorpus
{
    private const int ProjectsForMetadata = 200;

    private ParseCorpus()
    {
    }

    /// <summary>The longest pages, as JSON.</summary>
    public List<(PackageName Name, Uri Url, byte[] Json)> Pages { get; } = [];

    /// <summary>The versions of the pages' files.</summary>
    public List<string> Versions { get; } = [];

    /// <summary>What many projects say of the Pythons that they run on.</summary>
    public List<string> Specifiers { get; } = [];

    /// <summary>What the newest releases of many projects require.</summary>
    public List<string> Requirements { get; } = [];

    /// <summary>The core metadata of those releases.</summary>
    public List<byte[]> Metadata { get; } = [];

    public static async Task<ParseCorpus> FetchAsync(Uri index, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.pypi.simple.v1+json"));
        var corpus = new ParseCorpus();
        foreach (var name in (string[])["numpy", "boto3"])
        {
            var url = new Uri(index, name + "/");
            corpus.Pages.Add((PackageName.Parse(name), url, await http.GetByteArrayAsync(url, cancellationToken)));
            corpus.Versions.AddRange(ProjectPage.ParseJson(corpus.Pages[^1].Json, url).Files.Select(file => file.Version.ToString()));
        }

        using var list = JsonDocument.Parse(await http.GetByteArrayAsync(index, cancellationToken));
        foreach (var project in list.RootElement.GetProperty("projects").EnumerateArray().Take(ProjectsForMetadata))
            await corpus.AddAsync(http, new Uri(index, project.GetProperty("name").GetString() + "/"), cancellationToken);
        return corpus;
    }

    private async Task AddAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var page = ProjectPage.ParseJson(await http.GetByteArrayAsync(url, cancellationToken), url);
        var newest = page.Files.Where(file => file is { HasCoreMetadata: true, Wheel: not null }).MaxBy(file => file.Version);
        if (newest is null)
            return;
        using var answer = await http.GetAsync(new Uri(newest.Url.AbsoluteUri + ".metadata"), cancellationToken);
        if (!answer.IsSuccessStatusCode)
            return;
        Metadata.Add(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        foreach (var line in Encoding.UTF8.GetString(Metadata[^1]).Split('\n'))
        {
            if (line.StartsWith("Requires-Dist: ", StringComparison.Ordinal))
                Requirements.Add(line["Requires-Dist: ".Length..].Trim());
            else if (line.StartsWith("Requires-Python: ", StringComparison.Ordinal))
                Specifiers.Add(line["Requires-Python: ".Length..].Trim());
        }
    }
}
