namespace VenvBuild.Server;

/// <summary>A worker that lives, or did a moment ago: it says so again every few seconds.</summary>
internal sealed class Worker
{
    /// <summary>Its own, for as long as the process lives.</summary>
    public required string Id { get; init; }

    /// <summary>The machine and the process, for people.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="WorkerAbilities"/> as JSON.</summary>
    public required string Abilities { get; init; }

    public required long Started { get; init; }

    public long Seen { get; set; }

    /// <summary>Whether it finishes what it has and takes no more.</summary>
    public bool IsDraining { get; set; }
}
