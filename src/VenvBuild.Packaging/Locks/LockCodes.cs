namespace VenvBuild.Packaging;

/// <summary>The codes of what can be wrong with a lock or with installing from it (12xx).</summary>
internal static class LockCodes
{
    /// <summary>The lock cannot be read from the disk.</summary>
    public const string Unreadable = "PYENV1201";

    /// <summary>The lock is larger, or holds more, than any real one.</summary>
    public const string TooLarge = "PYENV1202";

    /// <summary>The lock is no UTF-8 text or no TOML.</summary>
    public const string NotToml = "PYENV1203";

    /// <summary>A merge left its conflict markers in the lock.</summary>
    public const string MergeConflict = "PYENV1204";

    /// <summary>A key stands twice in one table.</summary>
    public const string DuplicateKey = "PYENV1205";

    /// <summary>The format's version is one that this tool does not know.</summary>
    public const string UnsupportedVersion = "PYENV1206";

    /// <summary>A key that this version of the format does not have; it is ignored.</summary>
    public const string UnknownKey = "PYENV1207";

    /// <summary>A key that must be there is not.</summary>
    public const string MissingKey = "PYENV1208";

    /// <summary>A value has another type than the format says.</summary>
    public const string WrongType = "PYENV1209";

    /// <summary>A name is not in its normal form.</summary>
    public const string BadName = "PYENV1210";

    /// <summary>A version or specifier cannot be read.</summary>
    public const string BadVersion = "PYENV1211";

    /// <summary>A marker cannot be read, or names <c>extra</c>, which no pin may.</summary>
    public const string BadMarker = "PYENV1212";

    /// <summary>A URL, path or size is none.</summary>
    public const string BadAddress = "PYENV1213";

    /// <summary>A pin has no source, or several that contradict each other.</summary>
    public const string BadSource = "PYENV1214";

    /// <summary>The digests are missing or no digests.</summary>
    public const string BadHash = "PYENV1215";

    /// <summary>A file's name is none of a wheel or sdist, or not of this package and version.</summary>
    public const string BadFileName = "PYENV1216";

    /// <summary>A path leaves the folder of a lock that came from elsewhere.</summary>
    public const string EscapingPath = "PYENV1217";

    /// <summary>A time is not in UTC.</summary>
    public const string NotUtc = "PYENV1218";

    /// <summary>The table of this project in the lock is not what this project writes.</summary>
    public const string BadProvenance = "PYENV1219";

    /// <summary>The lock does not serve this Python.</summary>
    public const string PythonNotServed = "PYENV1230";

    /// <summary>The lock does not serve this environment.</summary>
    public const string EnvironmentNotServed = "PYENV1231";

    /// <summary>A pin does not run on this Python.</summary>
    public const string PackagePythonNotServed = "PYENV1232";

    /// <summary>Two pins of one name hold in one environment.</summary>
    public const string AmbiguousPackage = "PYENV1233";

    /// <summary>No wheel of a pin fits, and there is no sdist.</summary>
    public const string NoFittingFile = "PYENV1234";

    /// <summary>An extra or group is asked for that the lock does not have.</summary>
    public const string UnknownExtraOrGroup = "PYENV1235";
}
