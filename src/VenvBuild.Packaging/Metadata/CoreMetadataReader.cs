using System.Globalization;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Reads one document of core metadata.</summary>
internal sealed class CoreMetadataReader(MetadataDetail detail, RequirementCache? known)
{
    private const int MaxFields = 100_000, MaxLine = 64 << 10, ExcerptLength = 200;

    private readonly List<Requirement> _requires = [];
    private readonly List<ExtraName> _extras = [];
    private readonly List<string> _dynamic = [];
    private readonly List<KeyValuePair<string, string>> _others = [];
    private readonly List<string> _repairs = [];
    private string? _metadataVersion;
    private string? _name;
    private string? _version;
    private string? _requiresPython;

    public CoreMetadata Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > CoreMetadata.MaxLength)
            throw Error($"Core metadata of {utf8.Length} bytes is longer than {CoreMetadata.MaxLength}.", "");
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var headers = new MetadataHeaders(utf8);
        var count = 0;
        while (headers.Read())
        {
            if (++count > MaxFields)
                throw Error($"Core metadata has more than {MaxFields} fields.", "");
            Take(headers.Name, headers.Value);
        }

        if (!headers.Stray.IsEmpty)
            _repairs.Add($"The headers end at a line that is none: '{Excerpt(Text(headers.Stray))}'.");
        return Build();
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, "Requires-Dist"u8))
            TakeRequirement(value);
        else if (Is(name, "Provides-Extra"u8))
            TakeExtra(Bounded(value));
        else if (Is(name, "Requires-Python"u8))
            Once(ref _requiresPython, "Requires-Python", value);
        else if (Is(name, "Name"u8))
            Once(ref _name, "Name", value);
        else if (Is(name, "Version"u8))
            Once(ref _version, "Version", value);
        else if (Is(name, "Metadata-Version"u8))
            Once(ref _metadataVersion, "Metadata-Version", value);
        else if (Is(name, "Dynamic"u8))
            _dynamic.Add(Bounded(value).ToLowerInvariant());
        else if (detail == MetadataDetail.Everything)
            _others.Add(new(Text(name).ToLowerInvariant(), Text(value)));
    }

    private void TakeRequirement(ReadOnlySpan<byte> value)
    {
        Span<char> line = stackalloc char[256];
        if (known is not null && value.Length <= line.Length && known.TryFind(line[..Encoding.UTF8.GetChars(value, line)], out var same))
        {
            _requires.Add(same);
            return;
        }

        var text = Bounded(value);
        if (!Requirement.TryParseLenient(text, out var requirement, out var repair))
        {
            try
            {
                requirement = Requirement.Parse(text);
            }
            catch (PackagingFormatException e)
            {
                throw new PackagingFormatException($"Requires-Dist: {e.Message}", text, e.Position);
            }
        }

        if (repair is not null)
            _repairs.Add($"Requires-Dist '{Excerpt(text)}': {repair}");
        else
            known?.Keep(text, requirement);
        _requires.Add(requirement);
    }

    private void TakeExtra(string text)
    {
        // No requirement can ask for an extra without a name, so nothing is lost with it.
        if (!ExtraName.TryParse(text, out var extra))
            _repairs.Add($"Provides-Extra '{Excerpt(text)}' is no name and was left out.");
        else if (!_extras.Contains(extra))
            _extras.Add(extra);
    }

    private static void Once(ref string? field, string name, ReadOnlySpan<byte> value)
    {
        var text = Bounded(value);
        if (field is not null && !string.Equals(field, text, StringComparison.Ordinal))
            throw Error($"Core metadata says {name} twice, and not the same.", text);
        field = text;
    }

    private CoreMetadata Build()
    {
        var metadataVersion = _metadataVersion ?? throw Error("Core metadata has no Metadata-Version: it is none.", "");
        var dot = metadataVersion.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(metadataVersion.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(metadataVersion.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw Error($"Metadata-Version '{Excerpt(metadataVersion)}' is no version of the format.", metadataVersion);
        }

        if (major > 2)
            throw Error($"Core metadata is of version {metadataVersion}; this tool reads up to 2.x.", metadataVersion);
        return new()
        {
            MetadataVersion = metadataVersion,
            Name = PackageName.TryParse(_name, out var name) ? name : throw Missing("Name", _name),
            Version = PackageVersion.TryParse(_version, out var version) ? version : throw Missing("Version", _version),
            RequiresDist = _requires,
            RequiresPython = RequiresPython(),
            ProvidesExtra = _extras,
            Dynamic = _dynamic,
            OtherFields = _others,
            Repairs = _repairs,
        };
    }

    private VersionSpecifiers? RequiresPython()
    {
        if (string.IsNullOrEmpty(_requiresPython))
            return null;
        if (known?.TryFind(_requiresPython, out var same) == true)
            return same;
        if (!VersionSpecifiers.TryParseLenient(_requiresPython, out var specifiers, out var repair))
            throw Error($"Requires-Python '{Excerpt(_requiresPython)}' are no version specifiers (PEP 440).", _requiresPython);
        if (repair is not null)
            _repairs.Add($"Requires-Python '{Excerpt(_requiresPython)}': {repair}");
        else
            known?.Keep(_requiresPython, specifiers);
        return specifiers;
    }

    /// <summary>A value that is to be understood; a folded one becomes one line.</summary>
    private static string Bounded(ReadOnlySpan<byte> value)
    {
        var text = Text(value.Length > MaxLine ? value[..ExcerptLength] : value);
        if (value.Length > MaxLine)
            throw Error($"A field of core metadata is longer than {MaxLine} bytes.", text);
        return text.Contains('\n', StringComparison.Ordinal) ? text.Replace("\r", "", StringComparison.Ordinal).Replace('\n', ' ') : text;
    }

    private static PackagingFormatException Missing(string field, string? value) => value is null
        ? Error($"Core metadata has no {field}.", "")
        : Error($"{field} '{Excerpt(value)}' of core metadata cannot be read.", value);

    private static PackagingFormatException Error(string message, string text) => new(message, text, 0);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static string Excerpt(string text) => text.Length > ExcerptLength ? string.Concat(text.AsSpan(0, ExcerptLength), "...") : text.TrimEnd();

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);
}
