namespace VenvBuild.Remote;

/// <summary>The body of <c>POST /v1/layers/missing</c>, and its answer: those of them that the server has not got.</summary>
public sealed record LayerList
{
    /// <summary>Digests, each <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public required IReadOnlyList<string> Layers { get; init; }
}
