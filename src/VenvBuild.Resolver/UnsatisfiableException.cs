using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>The requests cannot be satisfied: the diagnostic's detail is the derivation.</summary>
public sealed class UnsatisfiableException : DiagnosticException
{
    internal UnsatisfiableException(Diagnostic diagnostic)
        : base(ExitCode.Unsatisfiable, diagnostic)
    {
    }

    /// <summary>The requests that cannot be had together, as they were given, in their order; none where no single ones are to blame.</summary>
    public IReadOnlyList<Requirement> Requests { get; init; } = [];
}
