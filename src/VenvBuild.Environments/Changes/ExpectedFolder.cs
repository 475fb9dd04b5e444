namespace VenvBuild.Environments;

/// <summary>A folder of an environment as it should be.</summary>
/// <param name="place">Its place, relative to the environment.</param>
internal sealed class ExpectedFolder(string place)
{
    public string Place { get; } = place;

    public List<ExpectedFile> Files { get; } = [];

    public List<ExpectedFolder> Folders { get; } = [];
}
