namespace VenvBuild.Packaging;

/// <summary>An environment marker as it was written (PEP 508).</summary>
public sealed class Marker;
