using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>A file of a find-links place: one in a folder has a path, one on a page what the page says.</summary>
internal sealed record LinkedFile(PackageVersion Version, string? Path, WheelFileName? Wheel, SdistFileName? Sdist, IndexFile? Listed)
{
    public string FileName => Wheel?.Text ?? Sdist!.Text;
}
