namespace VenvBuild.Environments;

/// <summary>The diagnostics of wheels, layers and environments (PYENV16xx), and of the storage under them (PYENV104x).</summary>
internal static class EnvironmentCodes
{
    /// <summary>The disk, or the quota on it, is full.</summary>
    public const string DiskFull = "PYENV1040";

    /// <summary>A file or folder may not be read or written.</summary>
    public const string PermissionDenied = "PYENV1041";

    /// <summary>Reading or writing failed otherwise.</summary>
    public const string StorageFailed = "PYENV1042";

    /// <summary>A file is to be written where a device, a pipe or a socket is.</summary>
    public const string NotAFile = "PYENV1043";

    /// <summary>The archive is no zip, or its structure is damaged.</summary>
    public const string ArchiveMalformed = "PYENV1601";

    /// <summary>Bytes of the archive belong to no entry, or to two.</summary>
    public const string ArchiveStrayBytes = "PYENV1602";

    /// <summary>An entry says one thing in the directory and another where its bytes are.</summary>
    public const string HeadersDisagree = "PYENV1603";

    /// <summary>An entry is compressed or encrypted in a way that wheels may not be.</summary>
    public const string MethodRefused = "PYENV1604";

    /// <summary>An entry's name leaves its folder, or cannot be a file's name on every system.</summary>
    public const string NameRefused = "PYENV1605";

    /// <summary>Two entries would be one file, or one a file where the other needs a folder.</summary>
    public const string NamesCollide = "PYENV1606";

    /// <summary>An entry is a link, a device or another special file.</summary>
    public const string SpecialFile = "PYENV1607";

    /// <summary>The archive is larger, deeper or denser than any wheel need be.</summary>
    public const string BoundExceeded = "PYENV1608";

    /// <summary>An entry's bytes do not have the size or checksum that the archive states.</summary>
    public const string EntryDamaged = "PYENV1609";

    /// <summary>RECORD is missing or cannot be read.</summary>
    public const string RecordUnreadable = "PYENV1610";

    /// <summary>A file's digest or size is not the one in RECORD.</summary>
    public const string RecordMismatch = "PYENV1611";

    /// <summary>RECORD and the archive do not hold the same files.</summary>
    public const string RecordIncomplete = "PYENV1612";

    /// <summary>The wheel's own description is missing, too new, or that of another distribution.</summary>
    public const string WheelMetadata = "PYENV1613";

    /// <summary>An entry point or a script has a name or target that it may not have.</summary>
    public const string ScriptRefused = "PYENV1614";

    /// <summary>The .data folder holds what no install scheme knows.</summary>
    public const string SchemeUnknown = "PYENV1615";

    /// <summary>The wheel is not the file that the lock names: its digest or size differs.</summary>
    public const string DigestMismatch = "PYENV1616";

    /// <summary>No index of this run has the file that the lock names.</summary>
    public const string WheelNotFound = "PYENV1617";

    /// <summary>A layer in the store was changed after it was made.</summary>
    public const string LayerDamaged = "PYENV1620";

    /// <summary>The folder that the environment should be in is something else.</summary>
    public const string NotAnEnvironment = "PYENV1640";

    /// <summary>Two wheels bring different files for one place.</summary>
    public const string WheelsConflict = "PYENV1641";

    /// <summary>The link mode that was asked for does not work here.</summary>
    public const string LinkModeImpossible = "PYENV1642";

    /// <summary>Compiling to bytecode failed as a whole.</summary>
    public const string BytecodeFailed = "PYENV1643";

    /// <summary>The interpreter does not fit the plan.</summary>
    public const string InterpreterDoesNotFit = "PYENV1644";

    /// <summary>The lock pins something that is no wheel.</summary>
    public const string NotAWheel = "PYENV1645";

    /// <summary>The lock gives no SHA-256 for a file.</summary>
    public const string DigestMissing = "PYENV1646";

    /// <summary>A layer that came from elsewhere is not the one that was asked for, or not what a layer may be.</summary>
    public const string LayerRefused = "PYENV1650";

    /// <summary>The description of an environment cannot be read, or does not describe what it says.</summary>
    public const string ManifestRefused = "PYENV1651";

    /// <summary>A bundle is no bundle, or damaged.</summary>
    public const string BundleRefused = "PYENV1652";

    /// <summary>No place of this run has a layer that the environment needs.</summary>
    public const string LayerNotFound = "PYENV1653";

    /// <summary>An interpreter's installation cannot be carried to another machine.</summary>
    public const string InterpreterNotPortable = "PYENV1654";

    /// <summary>A check of the manifest failed in the finished environment.</summary>
    public const string CheckFailed = "PYENV1660";

    /// <summary>What is installed does not meet what a distribution says that it needs.</summary>
    public const string Inconsistent = "PYENV1661";

    /// <summary>A native module needs a library that the loader does not find.</summary>
    public const string LibraryMissing = "PYENV1662";

    /// <summary>A native module is for another machine, or for a newer system.</summary>
    public const string ModuleUnfit = "PYENV1663";

    /// <summary>A file of an environment was added, changed or removed, or cannot be proven to be what it was.</summary>
    public const string NotAsInstalled = "PYENV1690";

    /// <summary>What an environment says of itself is missing, or contradicts itself.</summary>
    public const string RecordRefused = "PYENV1691";

    /// <summary>What was done, for those who ask for detail.</summary>
    public const string Remark = "PYENV1699";
}
