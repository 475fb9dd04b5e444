namespace VenvBuild.Cli;

/// <summary>Passes each report on at once and in order, as <see cref="Progress{T}"/> does not.</summary>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
