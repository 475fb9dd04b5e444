using System.Buffers;
using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>Reads the scalars of a lock that have a grammar of their own: versions, markers, names, addresses, digests, times.</summary>
internal sealed class LockValueReader(LockContext context)
{
    public static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private static readonly SearchValues<char> AlgorithmCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    // Locks repeat few texts many times: every pin's requires-python is one of a handful.
    private readonly Dictionary<string, VersionSpecifiers> _specifiers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Marker> _markers = new(StringComparer.Ordinal);

    public VersionSpecifiers? Specifiers(LockFields fields, string key)
    {
        if (fields.Get(key, LockValueKind.String) is not { } written)
            return null;
        if (_specifiers.TryGetValue(written.Text, out var known))
            return known;
        try
        {
            return _specifiers[written.Text] = VersionSpecifiers.Parse(written.Text);
        }
        catch (PackagingFormatException problem)
        {
            context.Error(LockCodes.BadVersion, written, $"'{fields.PathOf(key)}' cannot be read: {problem.Message}");
            return null;
        }
    }

    public PackageVersion? Version(LockFields fields, string key)
    {
        if (fields.Text(key) is not { } written)
            return null;
        if (PackageVersion.TryParse(written.Text, out var version))
            return version;
        context.Error(LockCodes.BadVersion, written, $"'{written.Text}' in '{fields.PathOf(key)}' is no version (PEP 440).");
        return null;
    }

    public PackageName? Name(LockFields fields, string key)
    {
        if (fields.Text(key, isRequired: true) is not { } written)
            return null;
        if (PackageName.TryParse(written.Text, out var name) && string.Equals(name.Value, written.Text, StringComparison.Ordinal))
            return name;
        BadName(written, fields.PathOf(key), name.Value);
        return null;
    }

    public List<ExtraName>? Extras(LockFields fields, string key)
    {
        if (fields.Items(key, LockValueKind.String) is not { } items)
            return null;
        var names = new List<ExtraName>(items.Count);
        foreach (var written in items)
        {
            if (ExtraName.TryParse(written.Text, out var name) && string.Equals(name.Value, written.Text, StringComparison.Ordinal))
                names.Add(name);
            else
                BadName(written, fields.PathOf(key), name.Value);
        }

        return names;
    }

    public Marker? Marker(TomlNode written)
    {
        if (_markers.TryGetValue(written.Text, out var known))
            return known;
        try
        {
            return _markers[written.Text] = Packaging.Marker.Parse(written.Text);
        }
        catch (PackagingFormatException problem)
        {
            context.Error(LockCodes.BadMarker, written, $"The marker '{written.Text}' cannot be read: {problem.Message}");
            return null;
        }
    }

    public Uri? Url(LockFields fields, string key)
    {
        if (fields.Text(key) is not { } written)
            return null;
        if (!Uri.TryCreate(written.Text, UriKind.Absolute, out var url) || written.Text.StartsWith('/'))
        {
            context.Error(LockCodes.BadAddress, written, $"'{fields.PathOf(key)}' is no absolute URL.");
            return null;
        }

        if (context.Origin == LockOrigin.Elsewhere && url.IsFile)
        {
            context.Error(
                LockCodes.EscapingPath,
                written,
                $"'{fields.PathOf(key)}' names a file of this machine, which a lock from elsewhere may not.",
                "Ask whoever made the lock for one whose files have addresses that others can reach.");
            return null;
        }

        return url;
    }

    public string? Path(LockFields fields, string key)
    {
        if (fields.Text(key) is not { } written)
            return null;
        if (written.Text.Contains('\0', StringComparison.Ordinal))
        {
            context.Error(LockCodes.BadAddress, written, $"'{fields.PathOf(key)}' is no path.");
            return null;
        }

        if (context.Origin == LockOrigin.Elsewhere && Escapes(written.Text))
        {
            context.Error(
                LockCodes.EscapingPath,
                written,
                $"The path '{written.Text}' in '{fields.PathOf(key)}' leaves the lock's folder, which a lock from elsewhere may not.",
                "Use the lock in the place that it was made for, or ask for one without such paths.");
            return null;
        }

        return written.Text;
    }

    public long? Size(LockFields fields)
    {
        if (fields.Get("size", LockValueKind.Integer) is not { } written)
            return null;
        var size = long.Parse(written.Text, CultureInfo.InvariantCulture);
        if (size >= 0)
            return size;
        context.Error(LockCodes.BadAddress, written, $"'{fields.PathOf("size")}' is negative.");
        return null;
    }

    public DateTimeOffset? Time(LockFields fields, string key)
    {
        if (fields.Get(key, LockValueKind.DateTime) is not { } written)
            return null;
        if (written.Instant is not { } time)
        {
            context.Error(LockCodes.WrongType, written, $"'{fields.PathOf(key)}' is a date or a time; both together are expected.");
            return null;
        }

        if (time.Offset != TimeSpan.Zero || !HasOffset(written.Text))
            context.Warn(LockCodes.NotUtc, context.At(written), $"'{fields.PathOf(key)}' is not in UTC, as a lock's times must be.");
        return time.ToUniversalTime();
    }

    public LockedHashes? Hashes(LockFields fields)
    {
        if (fields.Require("hashes", LockValueKind.Table) is not { } table)
            return null;
        if (table.Members.Count == 0)
            context.Error(LockCodes.BadHash, table, $"'{fields.PathOf("hashes")}' is empty; at least one digest is needed to know the file.");
        var inner = new LockFields(table, fields.PathOf("hashes"), context);
        var digests = new List<KeyValuePair<string, string>>(table.Members.Count);
        foreach (var member in table.Members)
        {
            if (inner.Get(member.Key, LockValueKind.String) is not { } written)
                continue;
            var digest = written.Text.ToLowerInvariant();
            if (member.Key.Length == 0 || member.Key.AsSpan().ContainsAnyExcept(AlgorithmCharacters))
                context.Error(LockCodes.BadHash, written, $"'{member.Key}' in '{fields.PathOf("hashes")}' is no name of a hash algorithm in lower case.");
            else if (digest.Length == 0 || digest.AsSpan().ContainsAnyExcept(Hex))
                context.Error(LockCodes.BadHash, written, $"'{inner.PathOf(member.Key)}' is no digest in hex.");
            else
                digests.Add(new(member.Key, digest));
            if (member.Key == "sha256" && digest.Length != 64)
            {
                context.Warn(
                    LockCodes.BadHash,
                    context.At(written),
                    $"'{inner.PathOf(member.Key)}' has {digest.Length} digits, not the 64 of a SHA-256: no file can match it.");
            }
        }

        return digests.Count == 0 ? null : new(digests);
    }

    private static bool HasOffset(string text) =>
        text.EndsWith("Z", StringComparison.OrdinalIgnoreCase) || text.LastIndexOfAny(['+', '-']) > "YYYY-MM-DD".Length;

    /// <summary>Whether a path is absolute, has a drive, or climbs above where it starts; either slash parts it.</summary>
    public static bool Escapes(string path)
    {
        if (path[0] is '/' or '\\' or '~' || path.Contains(':', StringComparison.Ordinal))
            return true;
        var depth = 0;
        foreach (var part in path.Split('/', '\\'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
                return true;
        }

        return false;
    }

    private void BadName(TomlNode written, string path, string normal) => context.Error(
        LockCodes.BadName,
        written,
        normal.Length == 0 ? $"'{written.Text}' in '{path}' is no name." : $"'{written.Text}' in '{path}' is not in normal form, which is '{normal}'.");
}
