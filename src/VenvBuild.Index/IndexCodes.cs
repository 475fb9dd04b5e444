namespace VenvBuild.Index;

/// <summary>The codes of what can go wrong with an index, the network or the cache.</summary>
internal static class IndexCodes
{
    /// <summary>An index asked for credentials, or refused those it got (401, 403, 407).</summary>
    public const string Unauthorized = "PYENV1401";

    /// <summary>An index answered with a server error or "too many requests" however often it was asked.</summary>
    public const string ServerFailed = "PYENV1402";

    /// <summary>Nothing came for too long.</summary>
    public const string TimedOut = "PYENV1403";

    /// <summary>The connection was refused, reset, or closed half-way.</summary>
    public const string ConnectionFailed = "PYENV1404";

    /// <summary>No trusted encrypted connection could be made.</summary>
    public const string TlsFailed = "PYENV1405";

    /// <summary>The host's name has no address.</summary>
    public const string HostUnknown = "PYENV1406";

    /// <summary>What came is no page of a package index.</summary>
    public const string NotAnIndex = "PYENV1407";

    /// <summary>What came is larger than it may be.</summary>
    public const string TooLarge = "PYENV1408";

    /// <summary>What came is not what its digest or size promises.</summary>
    public const string DigestMismatch = "PYENV1409";

    /// <summary>A find-links folder is not there or cannot be read.</summary>
    public const string FindLinksMissing = "PYENV1410";

    /// <summary>Offline, and not in the cache.</summary>
    public const string OfflineNotCached = "PYENV1411";

    /// <summary>A redirect that is not followed: too many, to an unsafe place.</summary>
    public const string BadRedirect = "PYENV1412";

    /// <summary>An answer that is neither success nor anything above.</summary>
    public const string UnexpectedAnswer = "PYENV1413";

    /// <summary>A file that an index lists, or a lock names, is not there.</summary>
    public const string FileMissing = "PYENV1414";

    /// <summary>The address of an index or of a find-links page is none.</summary>
    public const string BadLocation = "PYENV1415";

    /// <summary>Warning: files were left out because the index does not say when they were published.</summary>
    public const string NoUploadTime = "PYENV1416";

    /// <summary>Warning: a project is archived, deprecated or quarantined.</summary>
    public const string ProjectStatus = "PYENV1417";

    /// <summary>Warning: the cache cannot be written.</summary>
    public const string CacheNotWritable = "PYENV1418";

    /// <summary>A netrc file that cannot be read.</summary>
    public const string BadNetrc = "PYENV1419";

    /// <summary>At -v: something about a page or a file that was passed over.</summary>
    public const string PassedOver = "PYENV1420";

    /// <summary>An index that only a client can see, and a project that the client has not told of.</summary>
    public const string Undescribed = "PYENV1421";

    /// <summary>A host whose address may not be connected to from here.</summary>
    public const string ForbiddenAddress = "PYENV1422";

    /// <summary>Nothing lies at an address that the manifest asks for, or it cannot be read.</summary>
    public const string DirectMissing = "PYENV1423";

    /// <summary>Only a build could tell the version or the needs of what is asked for by address.</summary>
    public const string NeedsBuild = "PYENV1424";

    /// <summary>At an address lies another distribution than is asked for.</summary>
    public const string OtherDistribution = "PYENV1425";
}
