namespace VenvBuild.Workspace;

/// <summary>An interpreter of this machine, or one that can be installed.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Implementation">Its implementation, such as <c>CPython</c>.</param>
/// <param name="Executable">Where it is, absolute; null for one that is not installed.</param>
/// <param name="Platform">The platform it was built for, as Python names it or, where it is not installed, as its archive does.</param>
/// <param name="IsFreeThreaded">Whether it runs without the GIL.</param>
/// <param name="IsManaged">Whether it is in the store, or would be.</param>
public sealed record FoundPython(string Version, string Implementation, string? Executable, string Platform, bool IsFreeThreaded, bool IsManaged);
