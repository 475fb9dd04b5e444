namespace VenvBuild.Server;

/// <summary>The codes of what is wrong with a server's settings or with what it is asked: PYENV195x and up.</summary>
internal static class ServerCodes
{
    /// <summary>A setting that there is not.</summary>
    public const string UnknownSetting = "PYENV1950";

    /// <summary>A setting's value makes no sense.</summary>
    public const string BadSetting = "PYENV1951";

    /// <summary>The database cannot be used.</summary>
    public const string Database = "PYENV1952";

    /// <summary>The arguments of the executable make no sense.</summary>
    public const string BadArguments = "PYENV1953";

    /// <summary>A request is not as the contract says.</summary>
    public const string BadRequest = "PYENV1954";

    /// <summary>A bound on work is reached.</summary>
    public const string Bound = "PYENV1955";

    /// <summary>A request names a place that this server does not ask.</summary>
    public const string NotServed = "PYENV1956";

    /// <summary>A static tree cannot be written.</summary>
    public const string Export = "PYENV1957";

    /// <summary>The place where layers are kept cannot be used.</summary>
    public const string Storage = "PYENV1958";

    /// <summary>A backup cannot be made or brought back.</summary>
    public const string Backup = "PYENV1959";

    /// <summary>A build's checks failed, or cannot be run.</summary>
    public const string Checks = VenvBuild.Remote.RemoteCodes.Checks;

    /// <summary>A wheel would have to be built from a source, which this server does not do, or not of that.</summary>
    public const string Sources = VenvBuild.Remote.RemoteCodes.Sources;
}
