namespace VenvBuild.Packaging;

/// <summary>Where a lock came from, which decides which paths it may name.</summary>
public enum LockOrigin
{
    /// <summary>A file of this machine's user: its paths are the user's own.</summary>
    ThisMachine,

    /// <summary>A server, an archive, another's hands: its paths stay inside the lock's folder.</summary>
    Elsewhere,
}
