using System.Text;
using System.Text.Json;

namespace VenvBuild.Packaging;

/// <summary>Reads the JSON form of a project's page (PEP 691) without building a tree of it.</summary>
internal ref struct JsonPageReader
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _page;
    private readonly PageBuilder _builder;
    private Utf8JsonReader _json;
    private PackageName? _name;
    private bool _hasFiles;

    private JsonPageReader(ReadOnlySpan<byte> page, PageBuilder builder)
    {
        _page = page;
        _builder = builder;
        _json = new(page, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public static ProjectPage Read(ReadOnlySpan<byte> page, PageBuilder builder)
    {
        if (page.StartsWith(Encoding.UTF8.Preamble))
            page = page[Encoding.UTF8.Preamble.Length..];
        var reader = new JsonPageReader(page, builder);
        try
        {
            return reader.ReadPage();
        }
        catch (JsonException e)
        {
            throw PageText.Error($"The page is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", page, reader._json.BytesConsumed);
        }
        catch (InvalidOperationException)
        {
            // What the reader says to a string that is no Unicode.
            throw PageText.Error("The page holds a text that is no Unicode.", page, reader._json.TokenStartIndex);
        }
    }

    private ProjectPage ReadPage()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Error("The page is no JSON object.");
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("files"u8))
                ReadFiles();
            else if (_json.ValueTextEquals("name"u8))
                ReadName();
            else if (_json.ValueTextEquals("versions"u8))
                ReadVersions();
            else if (_json.ValueTextEquals("meta"u8))
                ReadMeta();
            else if (_json.ValueTextEquals("project-status"u8))
                ReadStatus();
            else
                SkipValue();
        }

        _json.Read();
        if (!_hasFiles)
            throw Error("The page has no list of files (PEP 691).");
        if (_name is null && _builder.Project is null)
            throw Error("The page has no name (PEP 691).");
        return _builder.Build(_name ?? _builder.Project);
    }

    private void ReadName()
    {
        _json.Read();
        var text = Text();
        if (!PackageName.TryParse(PageText.Clean(text), out var name))
            throw Error("The page's name is no distribution name.");
        if (_builder.Project is { } project && name != project)
            throw Error($"The page is that of '{name}', not of '{project}'.");
        _name = name;
    }

    private void ReadVersions()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartArray)
            throw Error("The page's versions are no list.");
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_builder.Versions.Count >= ProjectPage.MaxFiles)
                throw Error($"The page lists more than {ProjectPage.MaxFiles} versions.");
            if (_json.TokenType == JsonTokenType.String)
                _builder.AddVersion(Text());
            else
                _json.Skip();
        }
    }

    private void ReadMeta()
    {
        if (!EnterObject())
            return;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!_json.ValueTextEquals("api-version"u8))
            {
                SkipValue();
                continue;
            }

            _json.Read();
            if (_builder.SetApiVersion(Text()) is { } problem)
                throw Error(problem);
        }
    }

    private void ReadStatus()
    {
        if (!EnterObject())
            return;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("status"u8))
            {
                _json.Read();
                _builder.SetStatus(Text());
            }
            else if (_json.ValueTextEquals("reason"u8))
            {
                _json.Read();
                if (_json.TokenType == JsonTokenType.String)
                    _builder.StatusReason = PageText.Clean(Text());
                else
                    _json.Skip();
            }
            else
            {
                SkipValue();
            }
        }
    }

    private void ReadFiles()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartArray || _hasFiles)
            throw Error("The page's files are not one list.");
        _hasFiles = true;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
                throw Error("A file of the page is no object.");
            var entry = ReadFile();
            if (!_builder.TryAdd(entry))
                throw Error($"The page lists more than {ProjectPage.MaxFiles} files.");
        }
    }

    private PageEntry ReadFile()
    {
        var entry = default(PageEntry);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("filename"u8))
                entry.FileName = NextText();
            else if (_json.ValueTextEquals("url"u8))
                entry.Url = WithoutFragment(NextText());
            else if (_json.ValueTextEquals("hashes"u8))
                entry.Sha256 = ReadHashes(out _);
            else if (_json.ValueTextEquals("requires-python"u8))
                entry.RequiresPython = NextText();
            else if (_json.ValueTextEquals("size"u8))
                entry.Size = ReadSize();
            else if (_json.ValueTextEquals("upload-time"u8))
                entry.UploadTime = ReadTime();
            else if (_json.ValueTextEquals("yanked"u8))
                entry.IsYanked = ReadYanked(out entry.YankedReason);
            else if (_json.ValueTextEquals("core-metadata"u8) || _json.ValueTextEquals("dist-info-metadata"u8) && !entry.HasCoreMetadata)
                entry.CoreMetadataSha256 = ReadHashes(out entry.HasCoreMetadata);
            else if (_json.ValueTextEquals("provenance"u8))
                entry.Provenance = NextText();
            else
                SkipValue();
        }

        return entry;
    }

    /// <summary>The SHA-256 of an object of digests; a plain <c>true</c> also says that there is something.</summary>
    private Sha256Digest? ReadHashes(out bool isThere)
    {
        _json.Read();
        isThere = _json.TokenType is JsonTokenType.True or JsonTokenType.StartObject;
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
            return null;
        }

        Sha256Digest? sha256 = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!_json.ValueTextEquals("sha256"u8))
            {
                SkipValue();
                continue;
            }

            // An unreadable digest is not the same as none: without it the file could not be checked.
            sha256 = Sha256Digest.TryParse(NextText(), out var digest) ? digest : throw Error("A file's sha256 is no SHA-256 digest.");
        }

        return sha256;
    }

    private bool ReadYanked(out ReadOnlySpan<byte> reason)
    {
        _json.Read();
        reason = _json.TokenType == JsonTokenType.String ? Text() : default;
        var isYanked = _json.TokenType is JsonTokenType.String or JsonTokenType.True;
        _json.Skip();
        return isYanked;
    }

    private long? ReadSize()
    {
        _json.Read();
        long? size = _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out var number) && number >= 0 ? number : null;
        _json.Skip();
        return size;
    }

    private DateTimeOffset? ReadTime()
    {
        // Without a zone the reader would take this machine's.
        var text = NextText();
        var hasZone = text.Length > 6 && (text[^1] == 'Z' || text[^6] is (byte)'+' or (byte)'-');
        return hasZone && _json.TryGetDateTimeOffset(out var time) ? time.ToUniversalTime() : null;
    }

    /// <summary>The next value's text; nothing where it is no text.</summary>
    private ReadOnlySpan<byte> NextText()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.String)
            return Text();
        _json.Skip();
        return default;
    }

    private readonly ReadOnlySpan<byte> Text()
    {
        if (_json.TokenType != JsonTokenType.String)
            throw Error("A text stands nowhere where one must.");
        if (!_json.ValueIsEscaped)
            return _json.ValueSpan;
        var unescaped = new byte[_json.ValueSpan.Length];
        return unescaped.AsSpan(0, _json.CopyString(unescaped));
    }

    private bool EnterObject()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
            return true;
        _json.Skip();
        return false;
    }

    private void SkipValue()
    {
        _json.Read();
        _json.Skip();
    }

    private static ReadOnlySpan<byte> WithoutFragment(ReadOnlySpan<byte> url)
    {
        var fragment = url.IndexOf((byte)'#');
        return fragment < 0 ? url : url[..fragment];
    }

    private readonly PackagingFormatException Error(string message) => PageText.Error(message, _page, _json.TokenStartIndex);
}
