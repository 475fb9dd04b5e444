namespace VenvBuild.Remote;

/// <summary>The codes of what can go wrong between a client and a resolver server: PYENV19xx.</summary>
internal static class RemoteCodes
{
    /// <summary>The server cannot be reached.</summary>
    public const string Unreachable = "PYENV1901";

    /// <summary>The server takes too long.</summary>
    public const string TooSlow = "PYENV1902";

    /// <summary>The server refuses: it wants another token, has too much to do, or does not serve this.</summary>
    public const string Refused = "PYENV1903";

    /// <summary>What the server answers is not what the contract says.</summary>
    public const string BadAnswer = "PYENV1904";

    /// <summary>A build's checks failed at a server, or cannot be run there.</summary>
    public const string Checks = "PYENV1965";

    /// <summary>A wheel would have to be built from a source, which a server does not do, or not of that.</summary>
    public const string Sources = "PYENV1966";
}
