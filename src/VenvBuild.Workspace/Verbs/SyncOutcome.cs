namespace VenvBuild.Workspace;

/// <summary>What became of an environment.</summary>
/// <param name="EnvironmentPath">The environment's folder, absolute.</param>
/// <param name="PythonExecutable">Its interpreter, absolute.</param>
/// <param name="SitePackages">Where its packages are, absolute.</param>
/// <param name="PythonVersion">The interpreter's version.</param>
/// <param name="Key">The environment's key, 64 hex digits.</param>
/// <param name="IsUnchanged">Whether it was as it should be already.</param>
/// <param name="Packages">How many distributions it holds.</param>
/// <param name="Lock">What became of the lock on the way; null where it was not looked at.</param>
public sealed record SyncOutcome(
    string EnvironmentPath,
    string PythonExecutable,
    string SitePackages,
    string PythonVersion,
    string Key,
    bool IsUnchanged,
    int Packages,
    LockOutcome? Lock)
{
    /// <summary>Where the environment came from ready-made; null when it was made here.</summary>
    public string? Source { get; init; }
}
