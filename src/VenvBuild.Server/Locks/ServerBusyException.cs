namespace VenvBuild.Server;

/// <summary>A bound on work is reached; the same request may do later.</summary>
internal sealed class ServerBusyException(string message, Exception? inner = null) : Exception(message, inner);
