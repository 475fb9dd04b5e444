namespace VenvBuild.Packaging;

/// <summary>A key of a TOML table with its value and the place of the key.</summary>
internal sealed record TomlMember(string Key, TomlNode Value, int Line, int Column);
