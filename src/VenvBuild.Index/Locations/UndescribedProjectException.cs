using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>A solve needs a project of an index that only another machine can see, and that machine has not told of it yet.</summary>
public sealed class UndescribedProjectException : DiagnosticException
{
    internal UndescribedProjectException(IndexLocation index, PackageName project)
        : base(ExitCode.Integrity, Diagnostic.Error(
            IndexCodes.Undescribed,
            $"Nobody told what the index '{index.Name}' offers of '{project}', and it cannot be asked from here.",
            remedy: "Send the project with the request."))
    {
        Index = index.Name;
        Project = project;
    }

    /// <summary>What the index is called.</summary>
    public string Index { get; }

    /// <summary>The project.</summary>
    public PackageName Project { get; }
}
