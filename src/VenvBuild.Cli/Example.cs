namespace VenvBuild.Cli;

/// <summary>A command line that a person can learn from.</summary>
/// <param name="Arguments">What follows <c>dotnet pyenv</c>.</param>
/// <param name="Purpose">What it is good for.</param>
internal sealed record Example(string Arguments, string Purpose);
