using VenvBuild.Environments;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Signs the environments that this server made, where it has a key; clients that trust the key take them from anywhere.</summary>
internal sealed class EnvironmentSigner : IDisposable
{
    /// <summary>The environment variable with the passphrase of the key.</summary>
    public const string PassphraseVariable = "VENVBUILD_KEY_PASSPHRASE";

    private readonly SigningKey? _key;
    private readonly TimeProvider _clock;

    /// <exception cref="Packaging.DiagnosticException">The key that the settings name cannot be used.</exception>
    public EnvironmentSigner(ServerSettings settings, TimeProvider clock)
    {
        _clock = clock;
        Builder = settings.BuilderName ?? $"venvbuild-server {LockQuestionReader.Version.ToNormalizedString()}";
        _key = settings.SigningKey is { } path ? SigningKey.Load(path, () => Environment.GetEnvironmentVariable(PassphraseVariable)) : null;
    }

    /// <summary>Who made the environments, as statements say.</summary>
    public string Builder { get; }

    /// <summary>The id of the key; null where nothing is signed.</summary>
    public string? KeyId => _key?.Id;

    /// <summary>The signatures of an environment with this server's own added, unless it is there; null where there are none.</summary>
    public byte[]? Sign(EnvironmentManifest manifest, byte[]? there)
    {
        if (_key is null)
            return there;
        var envelopes = there is null ? [] : SignatureFile.Parse(there);
        if (envelopes.Any(envelope => envelope.Signatures.Any(signature => signature.KeyId == _key.Id)))
            return there;
        return SignatureFile.Write([.. envelopes, DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(manifest, Builder, _clock.GetUtcNow()).Write(), _key)]);
    }

    public void Dispose() => _key?.Dispose();
}
