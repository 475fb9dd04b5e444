using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>The requests cannot be satisfied: the diagnostic's detail is the derivation.</summary>
public sealed class UnsatisfiableException : DiagnosticException
{
    internal UnsatisfiableException(Diagnostic diagnostic)
        : base(ExitCode.Unsatisfiable, diagnostic)
    {
    }
}
