namespace VenvBuild.Benchmarks;

/// <summary>The two sides of a comparison of locks or environments: a folder each, with what is asked for in the tool's own words.</summary>
internal sealed class WorkFolders
{
    public WorkFolders(Bench bench, string kind, string workload, string python, IReadOnlyList<string> platforms, params IReadOnlyList<string> more)
    {
        Ours = bench.Folder(kind, workload, "ours");
        Peer = bench.Folder(kind, workload, "peer");
        var list = File.ReadAllText(Path.Combine(Bench.WorkloadFolder, workload + ".in"));
        File.WriteAllText(Path.Combine(Peer, "requirements.in"), list);
        var requirements = list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#').Concat(more);
        File.WriteAllText(Path.Combine(Ours, "pyenv.yaml"), $$"""
            python: "{{python}}"
            platforms: [{{string.Join(", ", platforms)}}]
            environment: {link: hardlink}
            requirements:
            {{string.Join('\n', requirements.Select(requirement => $"  - '{requirement.Replace("'", "''", StringComparison.Ordinal)}'"))}}

            """);
    }

    public string Ours { get; }

    public string Peer { get; }

    /// <summary>
    /// Takes files and folders of the one side away before a run. They are moved aside and not deleted: for a while after thousands of files
    /// were deleted, ext4 looks for a place for each new one among those that it may not use yet, which took most of the next run's time.
    /// </summary>
    public static Func<CancellationToken, Task> Remove(string folder, params IReadOnlyList<string> names) => _ =>
    {
        var aside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(folder)!, "aside")).FullName;
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (Directory.Exists(path))
                Directory.Move(path, Path.Combine(aside, Guid.NewGuid().ToString("n")));
            else
                File.Delete(path);
        }

        return Task.CompletedTask;
    };
}
