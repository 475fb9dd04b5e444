namespace VenvBuild.Packaging;

/// <summary>A pin that is installed in one environment, and the file that it comes from.</summary>
/// <param name="Package">The pin.</param>
/// <param name="File">The wheel, or the sdist where no wheel fits; null where the pin is a source tree or an archive of one.</param>
public sealed record SelectedPackage(LockedPackage Package, LockedFile? File)
{
    /// <summary>Whether a finished wheel is installed, and nothing has to be built.</summary>
    public bool IsWheel => File?.Wheel is not null;
}
