namespace VenvBuild.Server;

/// <summary>What a process does of a server's work.</summary>
internal enum ServerRole
{
    /// <summary>Answers requests and builds.</summary>
    All,

    /// <summary>Answers requests.</summary>
    Web,

    /// <summary>Builds; it listens too, for health alone is worth asking.</summary>
    Worker,
}
