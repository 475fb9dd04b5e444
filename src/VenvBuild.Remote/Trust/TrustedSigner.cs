namespace VenvBuild.Remote;

/// <summary>Someone whose word counts: one vote, however many keys they have had. A key that was rotated stays beside its successor.</summary>
/// <param name="Name">The file of the keys, for people.</param>
/// <param name="Keys">The keys, at least one.</param>
public sealed record TrustedSigner(string Name, IReadOnlyList<VerificationKey> Keys)
{
    /// <summary>Reads the signer of a file of public keys.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="name">What people call it.</param>
    /// <exception cref="Packaging.DiagnosticException">The file holds no such keys (exit code 2).</exception>
    public static TrustedSigner Load(string path, string name) => new(name, VerificationKey.LoadAll(path));
}
