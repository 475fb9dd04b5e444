namespace VenvBuild.Remote;

/// <summary>The diagnostics of keys, signatures and trust (PYENV180x to PYENV184x).</summary>
internal static class TrustCodes
{
    /// <summary>Keys are trusted, and the environment has no signature at all.</summary>
    public const string Unsigned = "PYENV1801";

    /// <summary>The environment is signed, by none of the trusted keys.</summary>
    public const string UntrustedSigner = "PYENV1802";

    /// <summary>A signature names a trusted key, and that key did not make it.</summary>
    public const string SignatureInvalid = "PYENV1803";

    /// <summary>The signatures cannot be read (DSSE 1.0).</summary>
    public const string EnvelopeMalformed = "PYENV1804";

    /// <summary>What was signed is no statement about an environment (in-toto Statement 1, SLSA provenance 1).</summary>
    public const string StatementMalformed = "PYENV1805";

    /// <summary>What was signed is about an environment with another key.</summary>
    public const string OtherEnvironment = "PYENV1806";

    /// <summary>What was signed is about an environment for another platform or Python.</summary>
    public const string OtherTarget = "PYENV1807";

    /// <summary>What was signed is about the environment, with another content.</summary>
    public const string OtherContent = "PYENV1808";

    /// <summary>The signed statement is older than the policy allows.</summary>
    public const string Expired = "PYENV1809";

    /// <summary>The signed statement was made later than now.</summary>
    public const string FromTheFuture = "PYENV1810";

    /// <summary>Fewer of the trusted keys signed than must.</summary>
    public const string ThresholdNotMet = "PYENV1811";

    /// <summary>The environment was made by a builder that the policy does not name.</summary>
    public const string UnknownBuilder = "PYENV1812";

    /// <summary>An older environment or lock is offered than was seen before at the same place.</summary>
    public const string Rollback = "PYENV1813";

    /// <summary>A key's file cannot be read, or holds no such key.</summary>
    public const string KeyUnreadable = "PYENV1820";

    /// <summary>A key is of a kind that is not used here: only ECDSA on P-256 is.</summary>
    public const string KeyKind = "PYENV1821";

    /// <summary>A private key needs a passphrase, or another one.</summary>
    public const string Passphrase = "PYENV1822";

    /// <summary>A key would be written over another.</summary>
    public const string KeyExists = "PYENV1823";

    /// <summary>A key is trusted under two names, so that one person would count as two.</summary>
    public const string KeyTwice = "PYENV1824";

    /// <summary>The policy cannot be met: more signatures are asked for than there are keys.</summary>
    public const string PolicyImpossible = "PYENV1825";

    /// <summary>The file of the roots that attestations are held against cannot be read, or holds none.</summary>
    public const string RootsUnreadable = "PYENV1826";
}
