using System.Net.Http.Headers;
using System.Text.Json;

namespace VenvBuild.Testing;

/// <summary>
/// Real documents to make inputs of. In a long run, and where the slice of PyPI is beside the repository, that has pages and metadata for
/// it; else there are none, and what tests bring themselves must do.
/// </summary>
public sealed class FuzzSeeds
{
    private const int Projects = 150, LongestPage = 40_000;

    private readonly List<byte[]> _jsonPages = [], _htmlPages = [], _metadata = [];

    /// <summary>Pages of projects as JSON (PEP 691).</summary>
    public IReadOnlyList<byte[]> JsonPages => _jsonPages;

    /// <summary>Pages of projects as HTML (PEP 503).</summary>
    public IReadOnlyList<byte[]> HtmlPages => _htmlPages;

    /// <summary>Core metadata of releases.</summary>
    public IReadOnlyList<byte[]> Metadata => _metadata;

    /// <summary>Lines of requirement lists.</summary>
    public IReadOnlyList<string> RequirementLines { get; private set; } = [];

    /// <summary>The values of a field in <see cref="Metadata"/>.</summary>
    public IEnumerable<string> Values(string field) => _metadata
        .SelectMany(document => System.Text.Encoding.UTF8.GetString(document).Split('\n'))
        .Where(line => line.StartsWith(field + ": ", StringComparison.Ordinal))
        .Select(line => line[(field.Length + 2)..].Trim())
        .Distinct();

    /// <summary>Fetches them.</summary>
    public static async Task<FuzzSeeds> FetchAsync(CancellationToken cancellationToken)
    {
        var seeds = new FuzzSeeds();
        var slice = Path.Combine(Repository.Root, "..", "shared", "index");
        if (!FuzzRun.IsLong || !Directory.Exists(slice))
            return seeds;
        seeds.RequirementLines = [.. Directory.GetFiles(Path.Combine(slice, "workloads"), "*.in").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];
        await using var server = await SliceServer.StartAsync();
        using var http = new HttpClient();
        using var list = JsonDocument.Parse(await GetAsync(http, server.Simple, "application/vnd.pypi.simple.v1+json", cancellationToken));
        foreach (var project in list.RootElement.GetProperty("projects").EnumerateArray().Take(Projects))
            await seeds.AddAsync(http, new Uri(server.Simple, project.GetProperty("name").GetString() + "/"), cancellationToken);
        return seeds;
    }

    private async Task AddAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var json = await GetAsync(http, url, "application/vnd.pypi.simple.v1+json", cancellationToken);
        if (json.Length < LongestPage)
        {
            _jsonPages.Add(json);
            _htmlPages.Add(await GetAsync(http, url, "text/html", cancellationToken));
        }

        using var page = JsonDocument.Parse(json);
        foreach (var file in page.RootElement.GetProperty("files").EnumerateArray().Reverse().Take(2))
        {
            using var answer = await http.GetAsync(new Uri(url, file.GetProperty("url").GetString() + ".metadata"), cancellationToken);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadAsByteArrayAsync(cancellationToken) is { Length: < LongestPage } metadata)
                _metadata.Add(metadata);
        }
    }

    private static async Task<byte[]> GetAsync(HttpClient http, Uri url, string form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(form));
        using var answer = await http.SendAsync(request, cancellationToken);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
