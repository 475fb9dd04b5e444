using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A folder or page of files that a manifest names (<c>find-links</c>).</summary>
public sealed class ManifestFindLinks
{
    /// <summary>The page or folder, absolute; <c>file:</c> for a folder. Credentials included where the manifest has them: never to be shown or written.</summary>
    public required Uri Url { get; init; }

    /// <summary>What the person wrote, without credentials.</summary>
    public required string Text { get; init; }

    /// <summary>Where it stands.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>What the person wrote, without credentials.</summary>
    public override string ToString() => Text;
}
