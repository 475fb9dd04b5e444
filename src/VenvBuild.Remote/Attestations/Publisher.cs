namespace VenvBuild.Remote;

/// <summary>Who publishes files: a workflow of a repository on a host that runs workflows (PEP 740, Trusted Publishing).</summary>
/// <param name="Kind">The host, as indexes name it: <c>GitHub</c> or <c>GitLab</c>.</param>
/// <param name="Repository">The repository: <c>owner/repo</c>, or <c>group/project</c>.</param>
/// <param name="Workflow">The workflow's file: its name in <c>.github/workflows</c>, or its path on GitLab.</param>
public sealed record Publisher(string Kind, string Repository, string Workflow)
{
    /// <summary>The kind for GitHub.</summary>
    public const string GitHub = "GitHub";

    /// <summary>The kind for GitLab.</summary>
    public const string GitLab = "GitLab";

    /// <summary>Such as <c>GitHub owner/repo release.yml</c>.</summary>
    public override string ToString() => $"{Kind} {Repository} {Workflow}";

    /// <summary>Who issues the certificates' identities (OpenID Connect), as certificates state it; null for a kind that is not known.</summary>
    internal string? Issuer => Kind switch
    {
        GitHub => "https://token.actions.githubusercontent.com",
        GitLab => "https://gitlab.com",
        _ => null,
    };

    /// <summary>The repository's address, as certificates state it.</summary>
    internal string RepositoryAddress => $"https://{(Kind == GitHub ? "github.com" : "gitlab.com")}/{Repository}";

    /// <summary>The workflow's address up to the ref that it ran at, as certificates state it.</summary>
    internal string WorkflowAddress => Kind == GitHub ? $"{RepositoryAddress}/.github/workflows/{Workflow}@" : $"{RepositoryAddress}//{Workflow}@";

    /// <summary>Whether the two are one: repositories' names differ in more than case, workflows' files do not.</summary>
    internal bool IsSame(Publisher other) => Kind == other.Kind && string.Equals(Repository, other.Repository, StringComparison.OrdinalIgnoreCase) && Workflow == other.Workflow;
}
