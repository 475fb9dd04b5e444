namespace VenvBuild.Environments;

/// <summary>Where the files of a layer stand in an environment. Who writes an environment and who checks one ask here.</summary>
internal static class LayerPlaces
{
    /// <summary>The files with their places, relative to the environment, in the layer's order.</summary>
    /// <param name="layer">The layer; for bytecode, that of the wheel it belongs to says where things are.</param>
    /// <param name="files">The files: the layer's own, or those of its bytecode.</param>
    /// <param name="layout">The environment's layout.</param>
    public static IEnumerable<(LayerFile File, string Place)> Of(Layer layer, IReadOnlyList<LayerFile> files, VenvLayout layout)
    {
        foreach (var file in files)
            yield return (file, layout.PlaceOf(layer, file.Scheme, file.Path));
    }

    /// <summary>Whether a file is among the tests that may be left out: it is in a folder called <c>tests</c>.</summary>
    public static bool IsTest(LayerFile file) =>
        file.Scheme is InstallScheme.Purelib or InstallScheme.Platlib
        && (file.Path.StartsWith("tests/", StringComparison.Ordinal) || file.Path.Contains("/tests/", StringComparison.Ordinal));

    /// <summary>Whether a file is a script whose first line is replaced when it is installed.</summary>
    public static bool IsRewritten(LayerFile file, VenvLayout layout) => file.IsPythonScript && !layout.IsWindows;
}
