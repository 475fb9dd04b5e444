namespace VenvBuild.Packaging;

/// <summary>The minors of Python that PyPy has releases of, as this version of the tool knows them. A new one is added here.</summary>
internal static class PyPyMinors
{
    /// <summary>The version of the binary interface that all releases of 7.3 share, by which wheels are named.</summary>
    public const string Abi = "pp73";

    /// <summary>What <c>implementation_version</c> says of a target: the release that brought the newest minor.</summary>
    public const string Version = "7.3.20";

    /// <summary>The minors, oldest first.</summary>
    public static IReadOnlyList<PythonMinor> Supported { get; } = [new(3, 9), new(3, 10), new(3, 11)];
}
