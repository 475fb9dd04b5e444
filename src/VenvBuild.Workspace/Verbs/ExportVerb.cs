using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>export</c>: writes the lock, or a part of it, in the form that others read.</summary>
public static class ExportVerb
{
    // Read by programs, never put into a page of HTML: letters stay letters.
    private static readonly JsonWriterOptions JsonForm = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>Writes the file, or hands the text back. Bills of materials read the pins' metadata, the others the lock alone.</summary>
    /// <exception cref="DiagnosticException">There is no lock, it does not serve what is asked for, or an index failed.</exception>
    public static async Task<ExportOutcome> RunAsync(WorkspaceContext context, ExportOptions options, CancellationToken cancellationToken)
    {
        var isBill = options.Format is ExportFormat.CycloneDx or ExportFormat.Spdx;
        var manifestLock = isBill
            ? await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false)
            : await ManifestLock.OpenFrozenAsync(context, cancellationToken).ConfigureAwait(false);
        var document = await ReadAsync(context, manifestLock, cancellationToken).ConfigureAwait(false);
        var groups = ExportTarget.Groups(document, options, manifestLock.Path);
        var output = options.Output is { } given ? Path.GetFullPath(given, context.WorkingDirectory) : null;
        Check(manifestLock, options, output);
        var exported = ExportedLock.Of(document, groups, ExportTarget.Of(manifestLock.Manifest, document, options));
        var bytes = isBill
            ? await BillAsync(context, manifestLock, exported, options.Format, cancellationToken).ConfigureAwait(false)
            : Text(context, manifestLock, exported, options, output);
        var outcome = new ExportOutcome(Name(options.Format), exported.Purpose, exported.Document.Packages.Count);
        if (output is null)
            return outcome with { Content = Encoding.UTF8.GetString(bytes) };
        await AtomicFile.WriteAsync(output, bytes, cancellationToken).ConfigureAwait(false);
        return outcome with { Path = output };
    }

    private static async Task<LockDocument> ReadAsync(WorkspaceContext context, ManifestLock manifestLock, CancellationToken cancellationToken)
    {
        var document = await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = manifestLock.Judge(document);
        if (document is null)
            throw new DiagnosticException(ExitCode.CheckFailed, ManifestLock.Explain(state));
        if (state.State == LockState.Stale && File.Exists(manifestLock.Manifest.Location.Path))
            context.Report(ManifestLock.Explain(state) with { Severity = DiagnosticSeverity.Warning });
        return document;
    }

    private static void Check(ManifestLock manifestLock, ExportOptions options, string? output)
    {
        if (output is null)
            return;
        var problem = output == manifestLock.Path || output == manifestLock.Manifest.Location.Path
            ? "That is what is exported: the manifest or its lock would be lost."
            : options.Format == ExportFormat.Pylock && !LockFileName.IsValid(Path.GetFileName(output))
                ? $"'{Path.GetFileName(output)}' is no name of a lock, and pip would not read it as one."
                : null;
        if (problem is not null)
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, problem, remedy: "Write to another file: -o pylock.NAME.toml for a lock."));
    }

    private static byte[] Text(WorkspaceContext context, ManifestLock manifestLock, ExportedLock exported, ExportOptions options, string? output)
    {
        var folder = Path.GetDirectoryName(manifestLock.Path)!;
        exported = exported with { Document = LocalPaths.Move(exported.Document, folder, output is null ? folder : Path.GetDirectoryName(output)!) };
        if (options.Format == ExportFormat.Pylock)
            return LockWriter.Write(exported.Document);
        foreach (var package in exported.Document.Packages.Where(package => !options.WithoutHashes && RequirementsText.IsWithoutHash(package)))
        {
            context.Report(Diagnostic.Warning(
                WorkspaceCodes.CannotExport, $"{package.Name} is a source tree, for which requirements have no digest: pip install --require-hashes refuses it.",
                package.Location, "Leave --require-hashes out, or build a wheel of it and ask for that."));
        }

        return Encoding.UTF8.GetBytes(RequirementsText.Of(exported, manifestLock.Manifest.Indexes, !options.WithoutHashes));
    }

    private static async Task<byte[]> BillAsync(
        WorkspaceContext context, ManifestLock manifestLock, ExportedLock exported, ExportFormat format, CancellationToken cancellationToken)
    {
        var manifest = manifestLock.Manifest;
        var descriptions = new PinDescriptions(context, manifest);
        IReadOnlyDictionary<LockedPackage, CoreMetadata?> metadata;
        await using (descriptions.ConfigureAwait(false))
            metadata = await descriptions.ReadAsync(exported.Document.Packages, cancellationToken).ConfigureAwait(false);
        var requests = manifest.Requirements
            .Concat(manifest.Groups.Where(group => exported.Groups.Contains(group.Name)).SelectMany(manifest.RequirementsOf))
            .Select(request => request.Requirement.Name).ToHashSet();
        var bill = BillOfMaterials.Of(manifest.Name, context.ToolVersion, exported, requests, metadata);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonForm))
        {
            if (format == ExportFormat.CycloneDx)
                CycloneDx.Write(json, bill);
            else
                Spdx.Write(json, bill);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static string Name(ExportFormat format) => format.ToString().ToLowerInvariant();
}
