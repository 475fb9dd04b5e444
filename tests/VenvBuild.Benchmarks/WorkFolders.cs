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

    /// <summary>Removes files and folders of the one side before a run.</summary>
    public static Func<CancellationToken, Task> Remove(string folder, params IReadOnlyList<string> names) => _ =>
    {
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }

        return Task.CompletedTask;
    };
}
