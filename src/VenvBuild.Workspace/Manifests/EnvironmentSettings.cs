using VenvBuild.Environments;

namespace VenvBuild.Workspace;

/// <summary>Where and how the environment is made on this machine (<c>environment</c>); nothing that a lock depends on.</summary>
public sealed record EnvironmentSettings
{
    /// <summary>The folder, relative to the manifest's with <c>/</c>.</summary>
    public string Path { get; init; } = ".venv";

    /// <summary>Whether modules are compiled when they are installed.</summary>
    public bool CompilesBytecode { get; init; }

    /// <summary>How files come from the store.</summary>
    public LinkMode Link { get; init; }
}
