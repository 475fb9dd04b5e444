namespace VenvBuild.Environments;

/// <summary>Where files of ELF have their libraries looked for by their own word (ld.so(8), and musl's <c>ldso/dynlink.c</c>).</summary>
internal static class ElfSearch
{
    /// <summary>
    /// The folders that are looked into before <c>LD_LIBRARY_PATH</c>: DT_RPATH of the file and of those that asked for it, unless the file has DT_RUNPATH.
    /// </summary>
    public static IEnumerable<string> Before(LoadedFile by, string machine) =>
        by.Image is { HandsDownPaths: false, SearchPaths.Count: > 0 } ? [] : by.Chain.Where(file => file.Image.HandsDownPaths).SelectMany(file => Own(file, machine));

    /// <summary>The folders that are looked into after it: DT_RUNPATH of the file alone.</summary>
    public static IEnumerable<string> After(LoadedFile by, string machine) => by.Image.HandsDownPaths ? [] : Own(by, machine);

    /// <summary>With musl, both kinds of paths are handed down.</summary>
    public static IEnumerable<string> OfMusl(LoadedFile by, string machine) => by.Chain.SelectMany(file => Own(file, machine));

    /// <summary>A path with the loader's words replaced; null where it is relative to the folder that somebody happens to be in.</summary>
    public static IEnumerable<string> Expand(string path, LoadedFile of, string machine)
    {
        path = path.Replace("${ORIGIN}", "$ORIGIN", StringComparison.Ordinal).Replace("${LIB}", "$LIB", StringComparison.Ordinal).Replace("${PLATFORM}", "$PLATFORM", StringComparison.Ordinal);
        if (path.Contains("$PLATFORM", StringComparison.Ordinal))
            path = path.Replace("$PLATFORM", Architecture(machine), StringComparison.Ordinal);
        // How a distribution calls the folder is compiled into its loader.
        foreach (var library in path.Contains("$LIB", StringComparison.Ordinal) ? (string[])[$"lib/{Architecture(machine)}-linux-gnu", "lib64", "lib"] : [""])
        {
            var one = library.Length == 0 ? path : path.Replace("$LIB", library, StringComparison.Ordinal);
            if (one.StartsWith('/'))
                yield return one;
            else if (one == "$ORIGIN" || one.StartsWith("$ORIGIN/", StringComparison.Ordinal))
            {
                if (of.Beside(one["$ORIGIN".Length..]) is { } beside)
                    yield return beside;
            }
        }
    }

    private static IEnumerable<string> Own(LoadedFile file, string machine) => file.Image.SearchPaths.SelectMany(path => Expand(path, file, machine));

    private static string Architecture(string machine) => machine switch
    {
        "x64" => "x86_64",
        "arm64" => "aarch64",
        "x86" => "i386",
        _ => machine,
    };
}
