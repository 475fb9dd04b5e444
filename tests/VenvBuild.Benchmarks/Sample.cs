namespace VenvBuild.Benchmarks;

/// <summary>One run of a command.</summary>
/// <param name="Milliseconds">From start to exit.</param>
/// <param name="PeakMiB">The most memory that one of its processes held, as the operating system counted it.</param>
internal sealed record Sample(double Milliseconds, double PeakMiB);
