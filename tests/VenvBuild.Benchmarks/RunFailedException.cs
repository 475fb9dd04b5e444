namespace VenvBuild.Benchmarks;

/// <summary>A command that was to be measured, or that prepares for one, failed: the message is a line for the table.</summary>
internal sealed class RunFailedException(string message) : Exception(message);
