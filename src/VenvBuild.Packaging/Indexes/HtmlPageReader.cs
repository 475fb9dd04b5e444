using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Reads the HTML form of a project's page (PEP 503), or any page with links to files.</summary>
internal static class HtmlPageReader
{
    public static ProjectPage Read(ReadOnlySpan<byte> page, PageBuilder builder)
    {
        var html = new HtmlTagReader(page);
        bool hasTags = false, hasBase = false;
        while (html.ReadTag())
        {
            hasTags = true;
            if (html.IsNamed("a"u8))
            {
                ReadAnchor(ref html, page, builder);
            }
            else if (html.IsNamed("base"u8) && !hasBase)
            {
                hasBase = ReadBase(ref html, builder);
            }
            else if (html.IsNamed("meta"u8))
            {
                ReadMeta(ref html, page, builder);
            }
        }

        return hasTags ? builder.Build(builder.Project) : throw PageText.Error("The page is no HTML: it has no tag.", page, 0);
    }

    private static void ReadAnchor(ref HtmlTagReader html, ReadOnlySpan<byte> page, PageBuilder builder)
    {
        var entry = default(PageEntry);
        ReadOnlySpan<byte> href = default;
        var hasNewName = false;
        while (html.ReadAttribute(out var name, out var value))
        {
            if (Is(name, "href"u8) && href.IsEmpty)
            {
                href = value;
            }
            else if (Is(name, "data-requires-python"u8))
            {
                entry.RequiresPython = value;
            }
            else if (Is(name, "data-yanked"u8))
            {
                entry.IsYanked = true;
                entry.YankedReason = value;
            }
            else if (Is(name, "data-core-metadata"u8) || Is(name, "data-dist-info-metadata"u8) && !hasNewName)
            {
                // PEP 714: the newer name counts where both stand.
                hasNewName = Is(name, "data-core-metadata"u8);
                entry.HasCoreMetadata = value.SequenceEqual("true"u8) || value.Contains((byte)'=');
                entry.CoreMetadataSha256 = Digest(value, page, html.Position);
            }
            else if (Is(name, "data-provenance"u8))
            {
                entry.Provenance = value;
            }
        }

        if (href.IsEmpty)
            return;
        var fragment = href.IndexOf((byte)'#');
        entry.Url = fragment < 0 ? href : href[..fragment];
        entry.FileName = FileName(entry.Url);
        if (fragment >= 0)
            entry.Sha256 = Digest(href[(fragment + 1)..], page, html.Position);
        if (entry.FileName.IsEmpty)
            builder.Skip();
        else if (!builder.TryAdd(entry))
            throw PageText.Error($"The page lists more than {ProjectPage.MaxFiles} files.", page, html.Position);
    }

    private static bool ReadBase(ref HtmlTagReader html, PageBuilder builder)
    {
        while (html.ReadAttribute(out var name, out var value))
        {
            if (!Is(name, "href"u8))
                continue;
            builder.Rebase(value);
            return true;
        }

        return false;
    }

    private static void ReadMeta(ref HtmlTagReader html, ReadOnlySpan<byte> page, PageBuilder builder)
    {
        ReadOnlySpan<byte> key = default, content = default;
        while (html.ReadAttribute(out var name, out var value))
        {
            if (Is(name, "name"u8))
                key = value;
            else if (Is(name, "content"u8))
                content = value;
        }

        if (Is(key, "pypi:repository-version"u8))
        {
            if (builder.SetApiVersion(content) is { } problem)
                throw PageText.Error(problem, page, html.Position);
        }
        else if (Is(key, "pypi:project-status"u8))
        {
            builder.SetStatus(content);
        }
        else if (Is(key, "pypi:project-status-reason"u8))
        {
            builder.StatusReason = PageText.Clean(content);
        }
    }

    /// <summary>The digest in <c>sha256=...</c>, alone or among others joined by <c>&amp;</c>.</summary>
    private static Sha256Digest? Digest(ReadOnlySpan<byte> text, ReadOnlySpan<byte> page, int position)
    {
        foreach (var range in text.Split((byte)'&'))
        {
            var part = text[range];
            if (!part.StartsWith("sha256="u8))
                continue;
            return Sha256Digest.TryParse(part["sha256="u8.Length..], out var digest)
                ? digest
                : throw PageText.Error("A file's sha256 is no SHA-256 digest.", page, position);
        }

        return null;
    }

    /// <summary>The last part of the path, its percent signs decoded.</summary>
    private static ReadOnlySpan<byte> FileName(ReadOnlySpan<byte> url)
    {
        var query = url.IndexOf((byte)'?');
        var path = query < 0 ? url : url[..query];
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        return name.Contains((byte)'%') ? Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Encoding.UTF8.GetString(name))) : name;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);
}
