namespace VenvBuild.Environments;

/// <summary>The steps of a sync, in their order.</summary>
public enum SyncPhase
{
    /// <summary>Waiting for another run that works on the same environment.</summary>
    Waiting,

    /// <summary>Wheels are fetched, verified and unpacked into the store.</summary>
    Fetching,

    /// <summary>Modules are compiled to bytecode.</summary>
    Compiling,

    /// <summary>The environment is put together.</summary>
    Linking,
}
