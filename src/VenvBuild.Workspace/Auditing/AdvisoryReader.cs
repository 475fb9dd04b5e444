using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Reads records of OSV's format as far as they are about certain distributions on PyPI. Records come from anywhere: what is too much is
/// refused, and what cannot be read is named, never passed over in silence.
/// </summary>
internal sealed class AdvisoryReader(IReadOnlySet<PackageName> names)
{
    private const int MaxEntries = 20_000, MaxName = 200, MaxSummary = 400;

    /// <summary>What a record says of each of the distributions; none where it was withdrawn or is about others.</summary>
    /// <exception cref="FormatException">It is no record.</exception>
    public IEnumerable<Advisory> Read(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object || Text(record, "id") is not { Length: > 0 and <= MaxName } id)
            throw new FormatException("it has no 'id'");
        if (record.TryGetProperty("withdrawn", out var withdrawn) && withdrawn.ValueKind == JsonValueKind.String)
            return [];
        return Items(record, "affected").Select(affected => (Name: NameOf(affected), affected)).Where(entry => entry.Name is { } name && names.Contains(name))
            .GroupBy(entry => entry.Name!.Value, entry => entry.affected)
            .Select(group => Advise(Line(id, MaxName)!, group.Key, record, [.. group])).ToList();
    }

    private static Advisory Advise(string id, PackageName name, JsonElement record, IReadOnlyList<JsonElement> entries)
    {
        var versions = new HashSet<PackageVersion>();
        var ranges = new List<AdvisoryRange>();
        string? problem = null;
        foreach (var affected in entries)
        {
            // What is no version can be no pin's.
            foreach (var text in Items(affected, "versions").Where(item => item.ValueKind == JsonValueKind.String))
            {
                if (PackageVersion.TryParse(text.GetString(), out var version))
                    versions.Add(version);
            }

            foreach (var range in Items(affected, "ranges").Where(range => Text(range, "type") is "ECOSYSTEM" or "SEMVER"))
            {
                var events = new List<AdvisoryEvent>();
                foreach (var entry in Items(range, "events"))
                    problem ??= Add(events, entry);
                ranges.Add(new(events));
            }
        }

        return new(id, name)
        {
            Aliases = [.. Items(record, "aliases").Where(alias => alias.ValueKind == JsonValueKind.String).Select(alias => Line(alias.GetString(), MaxName)).OfType<string>().Order(StringComparer.Ordinal).Distinct()],
            Summary = Line(Text(record, "summary") ?? Text(record, "details"), MaxSummary),
            Severity = Items(record, "severity").Select(severity => Line(Text(severity, "score"), MaxName)).FirstOrDefault(score => score is not null),
            Versions = versions,
            Ranges = ranges,
            Problem = problem,
        };
    }

    /// <summary>Takes an event; a sentence where it cannot be read.</summary>
    private static string? Add(List<AdvisoryEvent> events, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return "an event of a range is no object";
        foreach (var member in entry.EnumerateObject())
        {
            AdvisoryEventKind? kind = member.Name switch
            {
                "introduced" => AdvisoryEventKind.Introduced,
                "fixed" => AdvisoryEventKind.Fixed,
                "last_affected" => AdvisoryEventKind.LastAffected,
                "limit" => AdvisoryEventKind.Limit,
                _ => null,
            };
            if (kind is not { } known)
                continue;
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
            if ((known == AdvisoryEventKind.Introduced && text == "0") || (known == AdvisoryEventKind.Limit && text == "*"))
                events.Add(new(known, null));
            else if (PackageVersion.TryParse(text, out var version))
                events.Add(new(known, version));
            else
                return $"'{Line(text, 60)}' in a range is no version";
        }

        return null;
    }

    private static PackageName? NameOf(JsonElement affected) =>
        affected.ValueKind == JsonValueKind.Object && affected.TryGetProperty("package", out var package) && package.ValueKind == JsonValueKind.Object
        && string.Equals(Text(package, "ecosystem")?.Split(':')[0], "PyPI", StringComparison.OrdinalIgnoreCase) && PackageName.TryParse(Text(package, "name"), out var name)
            ? name
            : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string key)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            return default;
        return list.GetArrayLength() <= MaxEntries ? list.EnumerateArray() : throw new FormatException($"'{key}' has more than {MaxEntries} entries");
    }

    private static string? Text(JsonElement owner, string key) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The first line, without what could play with a terminal.</summary>
    private static string? Line(string? text, int length)
    {
        var line = text is null ? "" : new string([.. text.TrimStart().TakeWhile(letter => letter is not ('\n' or '\r')).Where(letter => !char.IsControl(letter)).Take(length + 1)]).Trim();
        return line.Length == 0 ? null : line.Length > length ? line[..length] + "..." : line;
    }
}
