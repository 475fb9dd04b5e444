namespace VenvBuild.Environments;

/// <summary>Where the bytes of planned wheels come from. What comes is held against the plan's digest by who asked.</summary>
public interface IWheelSource
{
    /// <summary>Writes the wheel's bytes to <paramref name="destination"/>.</summary>
    /// <exception cref="Packaging.DiagnosticException">The wheel cannot be had.</exception>
    Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken);
}
