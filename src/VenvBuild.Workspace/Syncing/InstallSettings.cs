namespace VenvBuild.Workspace;

/// <summary>How a manifest wants environments to be made.</summary>
internal static class InstallSettings
{
    /// <summary>The settings. Of a lock that is installed as it is, nobody knows what was asked.</summary>
    public static Environments.SyncOptions Of(WorkspaceContext context, Manifest manifest, bool isFrozen) => new()
    {
        Link = manifest.Environment.Link,
        Prompt = manifest.Name,
        Checks = Environments.EnvironmentCheck.Of(manifest.Checks),
        Overridden = isFrozen ? null : [.. manifest.Overrides.Select(requirement => requirement.Requirement.Name), .. manifest.Exclude],
        Remark = context.Report,
    };
}
