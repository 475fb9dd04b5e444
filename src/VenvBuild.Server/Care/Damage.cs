namespace VenvBuild.Server;

/// <summary>Something that is not as it should be.</summary>
/// <param name="What">What it is about, such as <c>layer sha256:...</c>.</param>
/// <param name="Why">What is wrong, as a sentence's end.</param>
internal sealed record Damage(string What, string Why)
{
    public override string ToString() => $"{What} {Why}.";
}
