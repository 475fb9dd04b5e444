namespace VenvBuild.Workspace;

/// <summary>The codes of what the verbs themselves find: PYENV10xx for usage and files, PYENV12xx for the state of a lock.</summary>
internal static class WorkspaceCodes
{
    /// <summary>There is a manifest already.</summary>
    public const string ManifestExists = "PYENV1010";

    /// <summary>A file to take requests from cannot be read as what it should be.</summary>
    public const string CannotTakeFrom = "PYENV1011";

    /// <summary>A file cannot be read or written.</summary>
    public const string FileFault = "PYENV1012";

    /// <summary>An option's value makes no sense.</summary>
    public const string BadOption = "PYENV1013";

    /// <summary>A command cannot be started.</summary>
    public const string CannotStart = "PYENV1014";

    /// <summary>A solution or project cannot be evaluated, or holds no manifest.</summary>
    public const string NoProjectManifest = "PYENV1015";

    /// <summary>A file of the cache is not as it was made.</summary>
    public const string DamagedCache = "PYENV1017";

    /// <summary>No mirror has the interpreter that is asked for.</summary>
    public const string PythonNotOffered = "PYENV1018";

    /// <summary>How an interpreter came; a remark.</summary>
    public const string PythonFetched = "PYENV1019";

    /// <summary>Something of a lock cannot be said in the form that it is exported to.</summary>
    public const string CannotExport = "PYENV1020";

    /// <summary>Records of known vulnerabilities cannot be read.</summary>
    public const string BadAdvisory = "PYENV1021";

    /// <summary>A pin is known to be vulnerable.</summary>
    public const string KnownVulnerability = "PYENV1290";

    /// <summary>Whether a pin is vulnerable cannot be told.</summary>
    public const string UnjudgedAdvisory = "PYENV1291";

    /// <summary>There is no manifest to work with.</summary>
    public const string NoManifest = "PYENV1016";

    /// <summary>An environment was built for another machine, which has something left to do.</summary>
    public const string BuiltForElsewhere = "PYENV1028";

    /// <summary>No source has the environment.</summary>
    public const string NotPublished = "PYENV1029";

    /// <summary>The manifest is laid out so that it cannot be edited in place.</summary>
    public const string CannotEdit = "PYENV1030";

    /// <summary>What is to be removed is not asked for there.</summary>
    public const string NotAskedFor = "PYENV1031";

    /// <summary>The lock does not answer the manifest's requests.</summary>
    public const string StaleLock = "PYENV1250";

    /// <summary>There is no lock.</summary>
    public const string MissingLock = "PYENV1251";

    /// <summary>How much work a solve was; a remark.</summary>
    public const string SolveFigures = "PYENV1252";

    /// <summary>Warning: the resolver server did not serve, so the work was done here.</summary>
    public const string WithoutServer = "PYENV1253";

    /// <summary>A lock from a server is not the answer to the manifest.</summary>
    public const string WrongServerLock = "PYENV1254";

    /// <summary>A lock came from a server; a remark.</summary>
    public const string ServedLock = "PYENV1255";

    /// <summary>A peer that is to solve cannot be started.</summary>
    public const string MissingPeer = "PYENV1256";

    /// <summary>A peer finds no answer, or none that can be read.</summary>
    public const string PeerRefused = "PYENV1257";

    /// <summary>What a peer answers does not do for the manifest.</summary>
    public const string PeerAnswerRefused = "PYENV1258";

    /// <summary>What a lock pins as a source is not built: the manifest does not allow it, or the lock does not say enough.</summary>
    public const string NotBuilt = "PYENV1259";

    /// <summary>Warning: what was to be upgraded is not in the lock.</summary>
    public const string UnknownUpgrade = "PYENV1294";

    /// <summary>A file was not attested to by the publisher that the manifest demands, so no lock is written.</summary>
    public const string NotAttested = "PYENV1293";

    /// <summary>What a source requires was told by its build on this machine; a remark.</summary>
    public const string BuiltMetadata = "PYENV1292";

    /// <summary>Where wheels are built that have to be: here, or by a server.</summary>
    public const string ServedBuild = "PYENV1295";

    /// <summary>Warning: what is published waits for the limits of the place.</summary>
    public const string Paced = "PYENV1297";
}
