using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>Says how far a publication is: in a line that is overwritten, and for good where it waits for long.</summary>
internal sealed class PublishProgressLines(WorkspaceContext context, string name) : IProgress<PublishProgress>
{
    public void Report(PublishProgress value)
    {
        if (value.Pause == TimeSpan.Zero)
            context.Progress?.Report(FormattableString.Invariant($"Publishing {name} {value.Done}/{value.Total}"));
        else
            context.Report(Diagnostic.Warning(WorkspaceCodes.Paced, FormattableString.Invariant(
                $"GitHub takes 80 new files a minute and 500 an hour: {value.Done} of {value.Total} layers are there, and it goes on in {Math.Ceiling(value.Pause.TotalSeconds)} s.")));
    }
}
