using System.Text;
using NuGet.Versioning;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>init</c>: begins a manifest, empty or with the requests of a file that is there already.</summary>
public static class InitVerb
{
    /// <summary>Writes the manifest.</summary>
    /// <exception cref="DiagnosticException">There is one already, or the file to take from cannot be read.</exception>
    public static async Task<InitOutcome> RunAsync(WorkspaceContext context, InitOptions options, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(context.ManifestPath ?? "pyenv.yaml", context.WorkingDirectory);
        if (File.Exists(path))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.ManifestExists, "There is a manifest already.", new(path), "Edit it, or remove it first."));
        }

        var source = options.From is null
            ? new TakenRequests()
            : await RequestsFile.ReadAsync(Path.GetFullPath(options.From, context.WorkingDirectory), cancellationToken).ConfigureAwait(false);
        if (source.Name is { } name && !ExtraName.TryParse(name, out _))
        {
            source.LeftOut.Add($"the name '{name}': a name here is of letters, digits, '.', '-' and '_'");
            source.Name = null;
        }

        var text = Encoding.UTF8.GetBytes(Text(options, source));
        // A manifest that could not be read back would be no beginning.
        Manifest.Parse(text, ManifestLocation.At(path), Path.GetFileName(path), NuGetVersion.Parse(context.ToolVersion));
        await AtomicFile.WriteAsync(path, text, cancellationToken).ConfigureAwait(false);
        return new(path, source.Requirements, source.LeftOut) { ToCheck = source.ToCheck };
    }

    private static string Text(InitOptions options, TakenRequests source)
    {
        var text = new StringBuilder();
        if ((options.Name ?? source.Name) is { } name)
            text.Append("name: ").Append(Quote(name)).Append('\n');
        text.Append("python: \"").Append(source.Python ?? ">=3.11").Append("\"\n");
        AppendList(text, "requirements", source.Requirements);
        if (source.Groups.Count > 0)
            AppendGroups(text, source);
        if (source.Constraints.Count > 0)
            AppendList(text, "constraints", source.Constraints);
        if (source.Overrides.Count > 0)
            AppendList(text, "overrides", source.Overrides);
        if (source.Indexes.Count > 0)
            AppendList(text, "indexes", source.Indexes, isNested: true);
        if (source.FindLinks.Count > 0)
            AppendList(text, "find-links", source.FindLinks);
        source.Settings.ForEach(line => text.Append(line).Append('\n'));
        return text.ToString();
    }

    private static void AppendGroups(StringBuilder text, TakenRequests source)
    {
        text.Append("groups:\n");
        foreach (var (name, items) in source.Groups)
        {
            text.Append("  ").Append(name).Append(items.Count == 0 ? ": []\n" : ":\n");
            foreach (var item in items)
                text.Append("    - ").Append(item.StartsWith('{') ? item : Quote(item)).Append('\n');
        }

        if (source.DefaultGroups.Count > 0)
            AppendList(text, "default-groups", source.DefaultGroups);
    }

    private static void AppendList(StringBuilder text, string key, List<string> items, bool isNested = false)
    {
        if (items.Count == 0)
        {
            text.Append(key).Append(": []\n");
            return;
        }

        text.Append(key).Append(":\n");
        foreach (var item in items)
            text.Append("  - ").Append(isNested ? item : Quote(item)).Append('\n');
    }

    /// <summary>A plain YAML scalar where it is one beyond doubt, else a quoted one.</summary>
    private static string Quote(string value)
    {
        var isPlain = value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '=' or '<' or '>' or '~' or '/');
        return isPlain ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
