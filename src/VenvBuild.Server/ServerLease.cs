using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Keeps a second process off a SQLite database, whose builds it would take for those of a server that died.</summary>
internal sealed class ServerLease : IDisposable
{
    private FileStream? _file;

    /// <exception cref="DiagnosticException">Another server uses the folder.</exception>
    public void Take(ServerSettings settings)
    {
        if (settings.Postgres is not null)
            return;
        try
        {
            _file = new(Path.Combine(settings.Data, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.Database,
                $"Another server uses the folder {settings.Data}.",
                remedy: $"Stop it, name another folder with {ServerSettings.Section}:Data, or share a PostgreSQL database with {ServerSettings.Section}:Postgres."), e);
        }
    }

    public void Dispose() => _file?.Dispose();
}
