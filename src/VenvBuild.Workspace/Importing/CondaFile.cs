using System.Buffers;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// What a conda <c>environment.yml</c> asks for, as far as Python's indexes have it: its pip section as it is, its packages by their names
/// on PyPI. Libraries and tools of the system are named as what must come from elsewhere.
/// </summary>
internal static class CondaFile
{
    private static readonly SearchValues<char> EndOfName = SearchValues.Create(" =<>!~[");

    public static async Task<TakenRequests> ReadAsync(string text, string path, CancellationToken cancellationToken)
    {
        var content = new ManifestText(text);
        var problems = new ManifestProblems(path, content);
        var root = YamlTree.Read(content, problems);
        if (problems.Count > 0)
            throw new DiagnosticException(ExitCode.Usage, problems.Errors);
        var dependencies = root?.Entries.Find(entry => entry.Key.Value == "dependencies")?.Value;
        if (dependencies is not { Kind: YamlNodeKind.Sequence })
            throw RequestsFile.Fault(path, 1, "The file has no list 'dependencies': it is no conda environment.", 1);
        var unmapped = new List<string>();
        var taken = new TakenRequests { Name = root!.Entries.Find(entry => entry.Key.Value == "name")?.Value.Value };
        foreach (var item in dependencies.Items)
        {
            if (item.IsScalar)
                AddPackage(taken, item, unmapped);
            else if (item.Entries is [{ Key.Value: "pip", Value: { Kind: YamlNodeKind.Sequence } pip }])
                await RequirementsFile.AddLinesAsync(taken, path, pip.Items.Select(line => (line.Line, line.Column, line.Value)), cancellationToken).ConfigureAwait(false);
            else
                taken.LeftOut.Add($"line {item.Line}: it is neither a package nor a pip section");
        }

        foreach (var key in root.Entries.Select(entry => entry.Key.Value).Where(key => key is "variables" or "prefix"))
            taken.LeftOut.Add($"'{key}': it has no counterpart in a manifest");
        if (unmapped.Count > 0)
            taken.ToCheck.Add($"{string.Join(", ", unmapped)}: taken by conda's name, which is not known to be the same distribution on PyPI");
        return taken;
    }

    private static void AddPackage(TakenRequests taken, YamlNode item, List<string> unmapped)
    {
        var text = item.Value.Contains("::", StringComparison.Ordinal) ? item.Value[(item.Value.IndexOf("::", StringComparison.Ordinal) + 2)..] : item.Value;
        var end = text.AsSpan().IndexOfAny(EndOfName);
        var name = (end < 0 ? text : text[..end]).ToLowerInvariant();
        var bound = end < 0 ? "" : text[end..].Trim();
        if (name == "python")
        {
            taken.Python = Specifiers(bound) is { Length: > 0 } python ? python : taken.Python;
            return;
        }

        if (name is "pip")
            return;
        if (CondaNames.IsSystem(name))
        {
            taken.LeftOut.Add($"line {item.Line}: '{name}' is no Python distribution; it must come from the system or a container image");
            return;
        }

        var mapped = CondaNames.Map(name) ?? name;
        if (Specifiers(bound) is { } specifiers && Requirement.TryParse(mapped + specifiers, out var requirement))
        {
            taken.Requirements.Add(requirement.ToString());
            NoteUnmapped();
        }
        else if (PackageName.TryParse(mapped, out var bare))
        {
            taken.Requirements.Add(bare.Value);
            NoteUnmapped();
            taken.LeftOut.Add($"line {item.Line}: the bound '{bound}' on '{name}', which no version specifiers say");
        }
        else
        {
            taken.LeftOut.Add($"line {item.Line}: '{item.Value}', which is no name of a distribution");
        }

        void NoteUnmapped()
        {
            if (CondaNames.Map(name) is null)
                unmapped.Add(mapped);
        }
    }

    /// <summary>Conda's bounds as version specifiers: <c>=1.2</c> is <c>==1.2.*</c>, a build is left out; null where none say it.</summary>
    private static string? Specifiers(string bound)
    {
        if (bound.Length == 0 || bound == "*")
            return "";
        if (bound.AsSpan().ContainsAny("|[]"))
            return null;
        if (bound[0] == '=' && !bound.StartsWith("==", StringComparison.Ordinal))
        {
            // NAME=VERSION, with or without =BUILD.
            var parts = bound[1..].Split('=');
            var version = parts[0].TrimEnd('*').TrimEnd('.');
            return parts.Length > 1 ? $"=={version}" : $"=={version}.*";
        }

        var clauses = bound.Split(' ')[0].Split(',').Select(clause => char.IsAsciiDigit(clause.FirstOrDefault()) ? $"=={clause}" : clause);
        var text = string.Join(',', clauses);
        return VersionSpecifiers.TryParse(text, out _) ? text : null;
    }
}
