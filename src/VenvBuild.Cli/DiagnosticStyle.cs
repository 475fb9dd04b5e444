namespace VenvBuild.Cli;

/// <summary>How diagnostics are written.</summary>
internal enum DiagnosticStyle
{
    /// <summary><see cref="Text"/> on a terminal, else <see cref="MSBuild"/>.</summary>
    Automatic,

    /// <summary>For people: the remedy and the explanation on lines of their own, in colour where that is possible.</summary>
    Text,

    /// <summary>MSBuild's canonical form, one line each; lines that explain follow, indented by four spaces.</summary>
    MSBuild,
}
