namespace VenvBuild.Environments;

/// <summary>A native file of a distribution: an extension module, a library beside one, or a program.</summary>
/// <param name="Scheme">Where it belongs.</param>
/// <param name="Path">Its path below the scheme's folder, with <c>/</c>.</param>
/// <param name="Images">What it says of itself, once for each machine that it is for.</param>
internal sealed record NativeModule(InstallScheme Scheme, string Path, IReadOnlyList<NativeImage> Images)
{
    /// <summary>Whether a file may be one, by its name or place. Its first bytes tell.</summary>
    public static bool IsLikely(LayerFile file) => file.Scheme == InstallScheme.Scripts ? !file.IsPythonScript : IsLikely(file.Path);

    /// <summary>Whether a file may be one, by its name.</summary>
    public static bool IsLikely(ReadOnlySpan<char> path) => path.Length > 4 && path[^1] switch
    {
        'o' => path.EndsWith(".so"),
        'd' => path.EndsWith(".pyd"),
        'l' => path.EndsWith(".dll"),
        'L' => path.EndsWith(".DLL"),
        'b' => path.EndsWith(".dylib"),
        'e' => path.EndsWith(".exe"),
        >= '0' and <= '9' => path[(path.LastIndexOf('/') + 1)..].Contains(".so.", StringComparison.Ordinal),
        _ => false,
    };
}
