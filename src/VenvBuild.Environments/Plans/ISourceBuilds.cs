using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Builds what a lock pins as a source, so that it can be planned as the wheel that came out.</summary>
public interface ISourceBuilds
{
    /// <summary>The wheel of a pin that has none in the lock; null where the pin is of a kind that is not built.</summary>
    /// <exception cref="DiagnosticException">It may not be built, cannot be had, or its build failed.</exception>
    Task<PlannedWheel?> BuildAsync(SelectedPackage pin, Interpreter interpreter, CancellationToken cancellationToken);
}
