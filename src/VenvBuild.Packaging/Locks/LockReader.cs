using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Reads lock files (PEP 751). What is not as the format says is refused with its place; nothing is repaired.</summary>
public static class LockReader
{
    /// <summary>The largest lock that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int MaxPackages = 100_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a lock of this machine's disk.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read, or is no lock that can be used; all that is wrong is listed.</exception>
    public static async Task<LockReading> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MaxBytes)
                throw TooLarge(path);
            return Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    LockCodes.Unreadable,
                    problem is FileNotFoundException or DirectoryNotFoundException ? "The lock is not there." : $"The lock cannot be read: {problem.Message}",
                    new(path),
                    "Run 'dotnet pyenv lock' to make it, or name another with --manifest."),
                problem);
        }
    }

    /// <summary>Reads a lock.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="file">The file's path for messages.</param>
    /// <param name="origin">Where the lock came from: one from elsewhere may not name paths outside its folder.</param>
    /// <exception cref="DiagnosticException">This is no lock that can be used; all that is wrong is listed.</exception>
    public static LockReading Read(ReadOnlySpan<byte> utf8, string file, LockOrigin origin = LockOrigin.ThisMachine)
    {
        if (utf8.Length > MaxBytes)
            throw TooLarge(file);
        var context = new LockContext(file, origin);
        var root = TomlTree.Read(Decode(utf8, file), file, context.Errors);
        var document = root is null || context.Errors.Count > 0 ? null : ReadDocument(new(root, "", context), context);
        return document is null || context.Errors.Count > 0
            ? throw new DiagnosticException(ExitCode.Usage, context.Errors)
            : new(document, context.Warnings);
    }

    private static string Decode(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException problem)
        {
            var before = utf8[..Math.Clamp(problem.Index, 0, utf8.Length)];
            var line = before.Count((byte)'\n') + 1;
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    LockCodes.NotToml,
                    "This is no UTF-8 text.",
                    new(file, line, before.Length - before.LastIndexOf((byte)'\n')),
                    "Run 'dotnet pyenv lock' to write the lock again."),
                problem);
        }
    }

    private static DiagnosticException TooLarge(string file) => new(
        ExitCode.Usage,
        Diagnostic.Error(
            LockCodes.TooLarge,
            $"The lock is larger than {MaxBytes / 1024 / 1024} MiB, which no lock of a real environment is.",
            new(file),
            "Look at what wrote it; 'dotnet pyenv lock' writes it again."));

    private static LockDocument? ReadDocument(LockFields fields, LockContext context)
    {
        if (!IsSupported(fields, context))
            return null;
        fields.Expect(
            "lock-version", "environments", "requires-python", "extras", "dependency-groups", "default-groups", "created-by", "packages", "tool");
        var createdBy = fields.Text("created-by", isRequired: true);
        var values = new LockValueReader(context);
        var packages = ReadPackages(fields, context);
        var tool = fields.Get("tool", LockValueKind.Table);
        var document = new LockDocument
        {
            LockVersion = fields.Table.Find("lock-version")!.Value.Text,
            CreatedBy = createdBy?.Text ?? "",
            RequiresPython = values.Specifiers(fields, "requires-python"),
            Environments = fields.Items("environments", LockValueKind.String)?.Select(values.Marker).OfType<Marker>().ToArray(),
            Extras = values.Extras(fields, "extras"),
            DependencyGroups = Texts(fields, "dependency-groups"),
            DefaultGroups = Texts(fields, "default-groups") ?? [],
            Packages = packages,
        };
        return tool is null ? document : document with { Provenance = LockProvenanceReader.Read(tool, context), Tool = OtherTools(tool, context) };
    }

    private static string[]? Texts(LockFields fields, string key) =>
        fields.Items(key, LockValueKind.String)?.Select(item => item.Text).ToArray();

    private static bool IsSupported(LockFields fields, LockContext context)
    {
        if (fields.Text("lock-version", isRequired: true) is not { } written)
            return false;
        if (!PackageVersion.TryParse(written.Text, out var version))
        {
            context.Error(LockCodes.BadVersion, written, $"'{written.Text}' in 'lock-version' is no version.");
            return false;
        }

        if (version.Release[0] != 1)
        {
            context.Error(
                LockCodes.UnsupportedVersion,
                written,
                $"The lock has the format version {written.Text}; this tool reads 1.x.",
                "Update dotnet-pyenv, or make the lock again with 'dotnet pyenv lock'.");
            return false;
        }

        return true;
    }

    private static List<LockedPackage> ReadPackages(LockFields fields, LockContext context)
    {
        if (!fields.Has("packages"))
            fields.Missing("packages");
        var tables = fields.Items("packages", LockValueKind.Table) ?? [];
        if (tables.Count > MaxPackages)
        {
            context.Error(LockCodes.TooLarge, fields.Table, $"The lock pins more than {MaxPackages} packages, which no real environment has.");
            return [];
        }

        var reader = new LockPackageReader(context);
        var packages = new List<LockedPackage>(tables.Count);
        for (var i = 0; i < tables.Count; i++)
        {
            if (reader.Read(new(tables[i], $"packages[{i}]", context)) is { } package)
                packages.Add(package);
        }

        return packages;
    }

    private static LockValue? OtherTools(TomlNode tool, LockContext context)
    {
        var others = new List<KeyValuePair<string, LockValue>>();
        foreach (var member in tool.Members)
        {
            if (member.Value.Kind != LockValueKind.Table)
                context.Error(LockCodes.WrongType, member.Value, $"'tool.{member.Key}' is {member.Value.Describe()}; a table is expected.");
            else if (!string.Equals(member.Key, LockProvenanceReader.Table, StringComparison.Ordinal))
                others.Add(new(member.Key, member.Value.ToValue()));
        }

        return others.Count == 0 ? null : LockValue.Table(others);
    }
}
