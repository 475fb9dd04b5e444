namespace VenvBuild.Workspace;

/// <summary>What a <see cref="YamlNode"/> is. Plain scalars are told apart by YAML 1.2's core schema.</summary>
internal enum YamlNodeKind
{
    Null,
    Boolean,
    Number,
    Text,
    Sequence,
    Mapping,
}
