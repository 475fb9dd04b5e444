namespace VenvBuild.Workspace;

/// <summary>An interpreter of this machine.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Implementation">Its implementation, such as <c>CPython</c>.</param>
/// <param name="Executable">Where it is, absolute.</param>
/// <param name="Platform">The platform it was built for, as Python names it.</param>
/// <param name="IsFreeThreaded">Whether it runs without the GIL.</param>
public sealed record FoundPython(string Version, string Implementation, string Executable, string Platform, bool IsFreeThreaded);
