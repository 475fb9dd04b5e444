using System.Text;
using NuGet.Versioning;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>add</c> and <c>remove</c>: edit the manifest in place, and lock. Where that fails, the manifest is as it was.</summary>
public static class EditVerb
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Asks for more: a request for a name that is asked for already takes the other's place.</summary>
    /// <exception cref="DiagnosticException">A requirement cannot be read, or the manifest with it cannot be locked.</exception>
    public static Task<EditOutcome> AddAsync(
        WorkspaceContext context, IReadOnlyList<string> requirements, string? group, CancellationToken cancellationToken)
    {
        var parsed = requirements.Select(Read).ToList();
        var name = Group(group);
        return RunAsync(context, requirements, name, (text, file) =>
        {
            for (var i = 0; i < parsed.Count; i++)
                text = ManifestEdit.Add(text, file, name, parsed[i], requirements[i].Trim());
            return text;
        }, cancellationToken);
    }

    /// <summary>Asks no longer for these names.</summary>
    /// <exception cref="DiagnosticException">A name is not asked for there, or the manifest without it cannot be locked.</exception>
    public static Task<EditOutcome> RemoveAsync(
        WorkspaceContext context, IReadOnlyList<string> names, string? group, CancellationToken cancellationToken)
    {
        var parsed = names.Select(text => PackageName.TryParse(text, out var name)
            ? name
            : throw Wrong($"'{text}' is no name of a package.", "'remove' takes names alone, without versions.")).ToList();
        var where = Group(group);
        return RunAsync(context, names, where, (text, file) =>
        {
            foreach (var name in parsed)
            {
                text = ManifestEdit.Remove(text, file, where, name) ?? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.NotAskedFor,
                    $"{(where is null ? "The requirements do" : $"The group '{where}' does")} not ask for '{name}'.",
                    new(file),
                    $"Run 'dotnet pyenv why {name}' to see who does; --group names a group."));
            }

            return text;
        }, cancellationToken);
    }

    private static async Task<EditOutcome> RunAsync(
        WorkspaceContext context, IReadOnlyList<string> asked, ExtraName? group, Func<string, string, string> edit, CancellationToken cancellationToken)
    {
        var before = await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false);
        var location = before.Manifest.Location;
        var bytes = await File.ReadAllBytesAsync(location.Path, cancellationToken).ConfigureAwait(false);
        var mark = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var file = Path.GetRelativePath(context.WorkingDirectory, location.Path);
        byte[] edited = [.. bytes.AsSpan(0, mark), .. Utf8.GetBytes(edit(Utf8.GetString(bytes.AsSpan(mark)), file))];
        // What was written must be a manifest before it takes the other's place.
        Manifest.Parse(edited, location, file, NuGetVersion.Parse(context.ToolVersion));
        if (!edited.AsSpan().SequenceEqual(bytes))
            await AtomicFile.WriteAsync(location.Path, edited, cancellationToken).ConfigureAwait(false);
        try
        {
            var outcomes = await LockVerb.RunAsync(context with { ManifestPath = location.Path }, new(), cancellationToken).ConfigureAwait(false);
            return new(location.Path, group?.Value, asked, outcomes[0]);
        }
        catch (Exception failure)
        {
            if (edited.AsSpan().SequenceEqual(bytes))
                throw;
            await AtomicFile.WriteAsync(location.Path, bytes, CancellationToken.None).ConfigureAwait(false);
            if (failure is not DiagnosticException refusal)
                throw;
            var (were, are) = (Utf8.GetString(edited).Split('\n'), Utf8.GetString(bytes).Split('\n'));
            throw new DiagnosticException(refusal.ExitCode, [.. refusal.Diagnostics.Select(diagnostic => AsBefore(diagnostic, location.Path, were, are))], refusal);
        }
    }

    /// <summary>What is said of a line of the edited manifest, said of the one that is there again; of one that is gone, of the file.</summary>
    private static Diagnostic AsBefore(Diagnostic diagnostic, string manifest, string[] edited, string[] original)
    {
        if (diagnostic.Location is not { Line: > 0 } place || Path.GetFileName(place.File) != Path.GetFileName(manifest) || place.Line > edited.Length)
            return diagnostic;
        var line = Array.IndexOf(original, edited[place.Line - 1]);
        return diagnostic with { Location = line < 0 ? new(place.File) : place with { Line = line + 1 } };
    }

    private static Requirement Read(string text)
    {
        try
        {
            return Requirement.Parse(text.Trim());
        }
        catch (PackagingFormatException fault)
        {
            throw Wrong($"'{text}' is no requirement: {fault.Message}", "A requirement is such as: name[extra]>=1.0,<2.");
        }
    }

    private static ExtraName? Group(string? group) =>
        group is null ? null : ExtraName.TryParse(group, out var name) ? name : throw Wrong($"'{group}' is no name of a group.", "Names are letters, digits, '.', '-' and '_'.");

    private static DiagnosticException Wrong(string message, string remedy) =>
        new(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, message, remedy: remedy));
}
