namespace VenvBuild.Remote;

/// <summary>An attestation does not hold; the message says why, without a beginning or an end.</summary>
public sealed class AttestationException : Exception
{
    /// <summary>Says why.</summary>
    public AttestationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
