using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>Decides whether what a server sent is a lock that answers the manifest. Nothing of it is used before.</summary>
internal static class ServedLockCheck
{
    /// <summary>The text as a lock, which is not checked yet.</summary>
    /// <exception cref="DiagnosticException">It is no lock (<see cref="WorkspaceCodes.WrongServerLock"/>).</exception>
    public static LockDocument Read(ReadOnlySpan<byte> content, Uri server)
    {
        try
        {
            return LockReader.Read(content, "the server's lock").Document;
        }
        catch (DiagnosticException e)
        {
            throw Wrong(server, $"it cannot be read: {e.Diagnostics[0].Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Holds the lock against the manifest, as far as nobody else need be asked.</summary>
    /// <exception cref="DiagnosticException">It is not the manifest's lock (<see cref="WorkspaceCodes.WrongServerLock"/>).</exception>
    public static void Check(
        LockDocument document, ReadOnlySpan<byte> content, Uri server, Manifest manifest, WorkspaceContext context, IReadOnlyList<LockSource> sources)
    {
        if (Fault(document, content, manifest, context, sources) is { } fault)
            throw Wrong(server, fault);
    }

    /// <summary>What to say of a lock that could not be proven right.</summary>
    public static DiagnosticException Wrong(Uri server, LockFinding finding) =>
        Wrong(server, finding.ToDiagnostic().Message.TrimEnd('.') is var text && text.StartsWith("On ", StringComparison.Ordinal) ? "on" + text[2..] : text);

    private static string? Fault(
        LockDocument document, ReadOnlySpan<byte> content, Manifest manifest, WorkspaceContext context, IReadOnlyList<LockSource> sources)
    {
        if (!manifest.Requests.AreAnsweredBy(document) || !document.Provenance!.Requests.SequenceEqual(manifest.Requests.Lines, StringComparer.Ordinal))
            return "it answers other requests than the manifest's";
        // One form only: no comment, key or order by which two readers could see two locks.
        if (!content.SequenceEqual(LockWriter.Write(document)))
            return "it is not written as this tool writes locks";
        var told = sources.SelectMany(source => source.Files).ToLookup(file => file.Sha256, file => file.Path, StringComparer.Ordinal);
        var indexes = (context.IndexUrl is { } mirror ? [mirror.OriginalString] : manifest.Indexes.Select(index => index.Url.OriginalString))
            .Select(url => Credentials.Strip(url).TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        foreach (var package in document.Packages)
        {
            if (package.Version is null || package.Vcs is not null || package.Directory is not null || package.Archive is not null)
                return $"'{package.Name}' is pinned to no release";
            if (package.Index is { } index && !indexes.Contains(index.OriginalString.TrimEnd('/')))
                return $"'{package.Name}' comes from {index}, which the manifest does not name";
            var files = package.Sdist is { } sdist ? [.. package.Wheels, sdist] : package.Wheels;
            if (files.Count == 0)
                return $"'{package.Name}' has no file";
            foreach (var file in files)
            {
                if (file.Hashes.Sha256 is not { } digest)
                    return $"{file.Name} has no SHA-256";
                if (file.Path is { } path && !told[digest].Contains(path, StringComparer.Ordinal))
                    return $"{file.Name} is said to be a file of this machine, '{path}', which it is not";
                if (file.Url is { } url && url.Scheme is not ("https" or "http"))
                    return $"{file.Name} is at an address that is neither http nor https";
            }
        }

        return null;
    }

    private static DiagnosticException Wrong(Uri server, string fault, Exception? inner = null) => new(
        ExitCode.Integrity,
        Diagnostic.Error(
            WorkspaceCodes.WrongServerLock,
            $"The lock that the resolver server {server} sent is refused: {fault}.",
            remedy: "Tell whoever runs the server; --no-server leaves it aside."),
        inner);
}
