namespace VenvBuild.Workspace;

/// <summary>A bundle that was written.</summary>
/// <param name="BundlePath">The file, absolute.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Key">The environment's key, 64 hex digits.</param>
/// <param name="Platform">The platform that it is for.</param>
/// <param name="Python">The minor version of Python that it is for.</param>
/// <param name="Packages">How many distributions it holds.</param>
public sealed record PackOutcome(string BundlePath, long Bytes, string Key, string Platform, string Python, int Packages);
