namespace VenvBuild.Load;

/// <summary>How much load.</summary>
internal sealed record LoadOptions
{
    public int Seconds { get; init; } = 4;

    public int Rounds { get; init; } = 5;

    public int Releases { get; init; } = 1_000_000;

    public int Readers { get; init; } = 1_000;

    public int Megabytes { get; init; } = 512;

    /// <summary>An executable of the tool that was published before, or null to publish one.</summary>
    public string? Tool { get; init; }

    /// <summary>With an option set; null for one that there is not.</summary>
    public LoadOptions? With(string option, int number) => option switch
    {
        "--seconds" => this with { Seconds = Math.Max(1, number) },
        "--rounds" => this with { Rounds = Math.Max(1, number) },
        "--releases" => this with { Releases = Math.Max(1_000, number) },
        "--readers" => this with { Readers = Math.Max(1, number) },
        "--megabytes" => this with { Megabytes = Math.Max(1, number) },
        _ => null,
    };
}
