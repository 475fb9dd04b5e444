namespace VenvBuild.Environments;

/// <summary>One place of an environment as it should be.</summary>
/// <param name="place">The place, relative to the environment.</param>
/// <param name="owner">The layer that it belongs to; null for what is no layer's.</param>
internal sealed class ExpectedFile(string place, Layer? owner)
{
    public string Place { get; } = place;

    public Layer? Owner { get; } = owner;

    /// <summary>The file of the store that stands there; null for what is written for the environment.</summary>
    public LayerFile? Source { get; init; }

    /// <summary>What tells a file that was there before and may stay; null for what comes anew in any case.</summary>
    public ExpectedLook? Look { get; init; }

    /// <summary>Whether it is there already, as it should be.</summary>
    public bool IsThere { get; set; }
}
