namespace VenvBuild.Index;

/// <summary>A host has no address that may be connected to.</summary>
internal sealed class ForbiddenAddressException(string host) : IOException($"The host '{host}' has no address that may be connected to.")
{
    public string Host => host;
}
