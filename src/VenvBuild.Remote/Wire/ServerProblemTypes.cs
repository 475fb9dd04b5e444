namespace VenvBuild.Remote;

/// <summary>The kinds of problems that a client can act on; all are URNs, so that they need no host.</summary>
public static class ServerProblemTypes
{
    /// <summary>422: no lock satisfies the requests. The derivation is in the diagnostics.</summary>
    public const string Unsatisfiable = "urn:venvbuild:problem:unsatisfiable";

    /// <summary>422: the manifest or the previous lock is in error.</summary>
    public const string BadManifest = "urn:venvbuild:problem:manifest";

    /// <summary>409: the server must be told of places that it cannot or may not ask itself.</summary>
    public const string SourcesNeeded = "urn:venvbuild:problem:sources-needed";

    /// <summary>409: client and server are of different versions, whose locks might differ.</summary>
    public const string OtherVersion = "urn:venvbuild:problem:other-version";

    /// <summary>400: the request is not as the contract says.</summary>
    public const string BadRequest = "urn:venvbuild:problem:request";

    /// <summary>401 or 403: the token is missing, unknown or not good for this.</summary>
    public const string NotAllowed = "urn:venvbuild:problem:not-allowed";

    /// <summary>404: there is nothing at this address.</summary>
    public const string NotFound = "urn:venvbuild:problem:not-found";

    /// <summary>422: the environment cannot be made here; the detail says why.</summary>
    public const string NotBuilt = "urn:venvbuild:problem:not-built";

    /// <summary>422: the environment can be made here, and its checks cannot be run; the detail says why.</summary>
    public const string ChecksNotRun = "urn:venvbuild:problem:checks-not-run";

    /// <summary>413, 429 or 503: a bound of the server is reached.</summary>
    public const string Bound = "urn:venvbuild:problem:bound";

    /// <summary>502: an index failed.</summary>
    public const string IndexFailed = "urn:venvbuild:problem:index";
}
