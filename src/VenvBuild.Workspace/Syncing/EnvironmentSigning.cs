using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>Who signs environments of one run, and as whom.</summary>
internal sealed class EnvironmentSigning : IDisposable
{
    private readonly SigningKey _key;
    private readonly string _builder;

    private EnvironmentSigning(SigningKey key, string builder) => (_key, _builder) = (key, builder);

    /// <summary>The id of the key.</summary>
    public string KeyId => _key.Id;

    /// <summary>Where the signatures of a bundle are: beside it.</summary>
    public static string PathOf(string bundle) => bundle + SignatureFile.Suffix;

    /// <summary>Opens the key that is named, by its name or file; null where none is.</summary>
    /// <exception cref="DiagnosticException">There is no such key, or the passphrase is wrong.</exception>
    public static EnvironmentSigning? Open(WorkspaceContext context, string? nameOrFile, Func<string?> passphrase, string? builder)
    {
        if (nameOrFile is null)
            return null;
        var path = Path.GetFullPath(nameOrFile, context.WorkingDirectory);
        return new(SigningKey.Load(File.Exists(path) ? path : KeyRing.Default().PrivatePathOf(nameOrFile), passphrase), builder ?? Builder(context));
    }

    /// <summary>Signs a description; of its wheels it says who published them, as far as the lock notes that.</summary>
    public DsseEnvelope Sign(EnvironmentManifest manifest, LockDocument? document) => DsseEnvelope.Sign(
        DsseEnvelope.InTotoPayloadType,
        StatementOfEnvironment.Of(manifest, _builder, DateTimeOffset.UtcNow, document is null ? null : PublisherProof.PublishersOf(document)).Write(),
        _key);

    /// <summary>The signatures beside a bundle; null where there are none.</summary>
    /// <exception cref="DiagnosticException">They cannot be read, or are larger than they can be.</exception>
    public static ReadOnlyMemory<byte>? ReadBeside(string bundle)
    {
        var info = new FileInfo(PathOf(bundle));
        if (!info.Exists)
            return null;
        return info.Length <= SignatureFile.MaxBytes ? File.ReadAllBytes(info.FullName) : throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            WorkspaceCodes.FileFault, $"The signatures are larger than {SignatureFile.MaxBytes >> 20} MiB, which none are.", new(info.FullName), "Look at what wrote the file, or have the bundle signed anew: dotnet pyenv pack --sign."));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>The workflow, where one runs this (GITHUB_WORKFLOW_REF names its file and the commit's ref); else this tool.</summary>
    private static string Builder(WorkspaceContext context) =>
        Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true"
            && Environment.GetEnvironmentVariable("GITHUB_SERVER_URL") is { Length: > 0 } server
            && Environment.GetEnvironmentVariable("GITHUB_WORKFLOW_REF") is { Length: > 0 } workflow
            ? $"{server}/{workflow}"
            : $"dotnet-pyenv {context.ToolVersion}";
}
