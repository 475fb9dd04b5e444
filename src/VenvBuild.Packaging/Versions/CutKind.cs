namespace VenvBuild.Packaging;

/// <summary>Where a <see cref="VersionCut"/> lies in relation to its version.</summary>
internal enum CutKind
{
    Lowest,
    Before,
    After,
    AfterLocals,
    AfterPosts,
    Highest,
}
