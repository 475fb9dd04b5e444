namespace VenvBuild.Server;

/// <summary>A key that proves that a form came from one of our pages; all servers on a database share them.</summary>
internal sealed class FormKey
{
    public required string Name { get; init; }

    public required string Xml { get; init; }
}
