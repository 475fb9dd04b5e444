using System.Text;
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
            ? new RequirementsFile()
            : await RequirementsFile.ReadAsync(Path.GetFullPath(options.From, context.WorkingDirectory), cancellationToken).ConfigureAwait(false);
        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(Text(options, source)), cancellationToken).ConfigureAwait(false);
        return new(path, source.Requirements, source.LeftOut);
    }

    private static string Text(InitOptions options, RequirementsFile source)
    {
        var text = new StringBuilder();
        if (options.Name is not null)
            text.Append("name: ").Append(Quote(options.Name)).Append('\n');
        text.Append("python: \">=3.11\"\n");
        AppendList(text, "requirements", source.Requirements);
        if (source.Constraints.Count > 0)
            AppendList(text, "constraints", source.Constraints);
        if (source.Indexes.Count > 0)
            AppendList(text, "indexes", source.Indexes, isNested: true);
        if (source.FindLinks.Count > 0)
            AppendList(text, "find-links", source.FindLinks);
        return text.ToString();
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
