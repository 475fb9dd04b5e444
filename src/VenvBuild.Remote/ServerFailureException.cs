using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A resolver server did not give what was asked. Nothing is lost by it: what it does can be done without it.</summary>
public sealed class ServerFailureException : DiagnosticException
{
    internal ServerFailureException(string code, string message, string? remedy = null, ServerProblem? problem = null, Exception? innerException = null)
        : base(ExitCode.Integrity, Diagnostic.Error(code, message, remedy: remedy), innerException) => Problem = problem;

    /// <summary>Whether something answers there that knows nothing of the contract, such as a file server.</summary>
    public bool IsForeign { get; internal init; }

    /// <summary>What the server itself said of it, or null.</summary>
    public ServerProblem? Problem { get; }
}
