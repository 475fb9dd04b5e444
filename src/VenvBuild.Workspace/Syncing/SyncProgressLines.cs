using VenvBuild.Environments;

namespace VenvBuild.Workspace;

/// <summary>Says in a line how far an installation is.</summary>
internal sealed class SyncProgressLines(IProgress<string> lines) : IProgress<SyncProgress>
{
    public void Report(SyncProgress value) => lines.Report(
        FormattableString.Invariant($"{Name(value.Phase)} {value.Done}/{value.Total} {value.Item}").TrimEnd());

    private static string Name(SyncPhase phase) => phase switch
    {
        SyncPhase.Waiting => "Waiting for another run",
        SyncPhase.Fetching => "Fetching wheels",
        SyncPhase.Compiling => "Compiling bytecode",
        _ => "Linking",
    };
}
