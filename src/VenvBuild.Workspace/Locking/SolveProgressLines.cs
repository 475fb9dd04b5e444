using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Says how far a solve is as a line for a person who watches.</summary>
internal sealed class SolveProgressLines(string name, IProgress<string> lines) : IProgress<ResolutionStatistics>
{
    public void Report(ResolutionStatistics value) => lines.Report(FormattableString.Invariant(
        $"Resolving {name}: {value.Packages} packages met, {value.Decisions} decisions, {value.Conflicts} conflicts"));
}
