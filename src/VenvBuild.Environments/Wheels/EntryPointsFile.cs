using System.Text;

namespace VenvBuild.Environments;

/// <summary>entry_points.txt, as far as commands go: the groups console_scripts and gui_scripts.</summary>
internal static class EntryPointsFile
{
    /// <summary>The commands in the file's order. Names and targets that could leave the scripts folder or inject code are refused.</summary>
    public static IReadOnlyList<EntryPoint> Read(byte[] bytes, string wheel, string entry)
    {
        var points = new List<EntryPoint>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? group = null;
        foreach (var raw in Encoding.UTF8.GetString(bytes).AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            var line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                group = line[^1] == ']' ? line[1..^1].Trim().ToString() : throw Refuse(wheel, entry, "a section's name does not end");
                continue;
            }

            if (group is not ("console_scripts" or "gui_scripts"))
                continue;
            var equals = line.IndexOf('=');
            if (equals < 0)
                throw Refuse(wheel, entry, $"'{line}' has no '='");
            var point = ReadPoint(line[..equals].Trim(), line[(equals + 1)..].Trim(), group == "gui_scripts", wheel, entry);
            if (!names.Add(point.Name))
                throw Refuse(wheel, entry, $"the command '{point.Name}' is defined twice");
            points.Add(point);
        }

        return points;
    }

    private static EntryPoint ReadPoint(ReadOnlySpan<char> name, ReadOnlySpan<char> target, bool isGui, string wheel, string entry)
    {
        if (ScriptName.Objection(name) is { } objection)
            throw Refuse(wheel, entry, $"the command '{name}' may not be: {objection}");
        var extras = target.IndexOf('[');
        if (extras >= 0)
            target = target[..extras].Trim();
        var colon = target.IndexOf(':');
        var module = colon < 0 ? target : target[..colon].Trim();
        var attribute = colon < 0 ? [] : target[(colon + 1)..].Trim();
        return IsDottedName(module) && IsDottedName(attribute)
            ? new(name.ToString(), module.ToString(), attribute.ToString(), isGui)
            : throw Refuse(wheel, entry, $"the command '{name}' does not name 'module:function'");
    }

    /// <summary>Identifiers joined by dots: what goes into a script as code is nothing else.</summary>
    internal static bool IsDottedName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return false;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.IsEmpty || char.IsAsciiDigit(part[0]))
                return false;
            foreach (var c in part)
            {
                if (c != '_' && !char.IsLetterOrDigit(c))
                    return false;
            }
        }

        return true;
    }

    private static VenvBuild.Packaging.DiagnosticException Refuse(string wheel, string entry, string why) =>
        WheelRefusal.Of(EnvironmentCodes.ScriptRefused, wheel, entry, why);
}
