namespace VenvBuild.Environments;

/// <summary>What an environment of ours remembers of itself.</summary>
internal static class EnvironmentState
{
    public const string FileName = ".venvbuild.json";
}
