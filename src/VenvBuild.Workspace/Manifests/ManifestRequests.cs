using System.Security.Cryptography;
using System.Text;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// What a manifest asks, as canonical lines <c>key: value</c>, and their digest: what a lock answers and is stale without.
/// </summary>
/// <remarks>
/// What enters: <c>python</c> as specifiers in normal form; <c>requirement</c>, <c>group NAME</c> (requirements and <c>include NAME</c>),
/// <c>constraint</c>, <c>override</c>, <c>exclude</c> and <c>default-group</c>, each in normal form, once, in ordinal order;
/// <c>platform</c> with its defaults written out, in ordinal order, or <c>default</c> where none is declared; <c>index</c> and
/// <c>find-links</c> in the manifest's order, addresses without credentials, patterns sorted; and, only where they differ from the default,
/// <c>resolution</c>, <c>index-strategy</c>, <c>prereleases</c>, <c>exclude-newer</c> (a span as a span; <c>exclude-newer NAME</c> for one package) and <c>sdists</c>; and, in the manifest's order, <c>publisher</c>: a lock says who attested. Nothing else
/// does: no comment, order of keys, spelling, name, environment, server, source, check, trust or interpreter source. The digest is
/// SHA-256 over <see cref="Version"/> and the lines, each ended by LF, in UTF-8.
/// </remarks>
public sealed class ManifestRequests
{
    /// <summary>The first line under the digest: the version of this form.</summary>
    public const string Version = "venvbuild-requests 1";

    private ManifestRequests(IReadOnlyList<string> lines)
    {
        Lines = lines;
        Digest = DigestOf(lines);
    }

    /// <summary>The lines, in canonical order.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The digest: <c>sha256:</c> and 64 hex digits.</summary>
    public string Digest { get; }

    /// <summary>What a lock that answers these requests notes of them.</summary>
    public LockProvenance ToProvenance() => new(Digest) { Requests = Lines };

    /// <summary>Whether a lock answers these requests.</summary>
    public bool AreAnsweredBy(LockDocument document) => string.Equals(document.Provenance?.RequestDigest, Digest, StringComparison.Ordinal);

    /// <summary>The digest of lines.</summary>
    public static string DigestOf(IEnumerable<string> lines)
    {
        var text = new StringBuilder(Version).Append('\n');
        foreach (var line in lines)
            text.Append(line).Append('\n');
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    internal static ManifestRequests Of(Manifest manifest)
    {
        var lines = new List<string> { $"python: {manifest.Python}" };
        AddSorted(lines, "requirement", manifest.Requirements.Select(Text));
        foreach (var group in manifest.Groups.OrderBy(group => group.Name))
        {
            var before = lines.Count;
            AddSorted(lines, $"group {group.Name}", group.Requirements.Select(Text).Concat(group.Includes.Select(name => $"include {name}")));
            if (lines.Count == before)
                lines.Add($"group {group.Name}:");
        }

        AddSorted(lines, "default-group", manifest.DefaultGroups.Select(name => name.Value));
        AddSorted(lines, "platform", manifest.Platforms.Count == 0 ? ["default"] : manifest.Platforms.Select(platform => platform.ToString()));
        foreach (var index in manifest.Indexes)
        {
            var patterns = index.Packages.Count == 0 ? "" : $" for {string.Join(' ', index.Packages.Order(StringComparer.Ordinal))}";
            lines.Add($"index: {Credentials.Strip(index.Url.OriginalString).TrimEnd('/')}{patterns}");
        }

        lines.AddRange(manifest.FindLinks.Select(links => $"find-links: {links.Text}"));
        AddSorted(lines, "constraint", manifest.Constraints.Select(Text));
        AddSorted(lines, "override", manifest.Overrides.Select(Text));
        AddSorted(lines, "exclude", manifest.Exclude.Select(name => name.Value));
        if (manifest.Resolution != ResolutionMode.Highest)
            lines.Add(manifest.Resolution == ResolutionMode.Lowest ? "resolution: lowest" : "resolution: lowest-direct");
        if (manifest.IndexStrategy != IndexStrategy.FirstIndex)
            lines.Add("index-strategy: best-match");
        if (manifest.PreReleases != PrereleaseMode.IfNecessary)
            lines.Add(manifest.PreReleases == PrereleaseMode.Allow ? "prereleases: allow" : "prereleases: disallow");
        if (manifest.ExcludeNewer is { } newer)
            lines.Add($"{ExcludeNewer.RequestKey}{newer}");
        foreach (var (name, own) in manifest.ExcludeNewerOf.OrderBy(own => own.Key))
            lines.Add($"exclude-newer {name}: {own?.ToString() ?? "never"}");
        if (manifest.Sdists.AllowsAll)
            lines.Add("sdists: allow");
        else
            AddSorted(lines, "sdists", manifest.Sdists.Names.Select(name => name.Value));
        lines.AddRange(manifest.Trust.Publishers.Select(demand => $"publisher: {demand.Publisher} for {string.Join(' ', demand.Packages.Order(StringComparer.Ordinal))}"));
        return new(lines);
    }

    private static string Text(ManifestRequirement requirement) => Credentials.Strip(requirement.Requirement.ToString());

    private static void AddSorted(List<string> lines, string key, IEnumerable<string> values) =>
        lines.AddRange(values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(value => $"{key}: {value}"));
}
