using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Why an <see cref="Incompatibility"/> holds: a closed set.</summary>
internal abstract record Cause
{
    private Cause()
    {
    }

    /// <summary>The requests must be answered.</summary>
    public sealed record Root : Cause
    {
        public static readonly Root Instance = new();
    }

    /// <summary>A release (the root: a request) asks for this.</summary>
    /// <param name="Depender">Who asks.</param>
    /// <param name="Version">The depender's place in its list of releases.</param>
    /// <param name="Requirement">What is asked for.</param>
    public sealed record Dependency(SolverPackage Depender, int Version, PackageDependency Requirement) : Cause;

    /// <summary>An extra is selected together with the distribution it belongs to, in one version.</summary>
    public sealed record Extra : Cause
    {
        public static readonly Extra Instance = new();
    }

    /// <summary>The manifest's constraints forbid these.</summary>
    public sealed record Constraint(Requirement Requirement) : Cause;

    /// <summary>None of these releases can be used in the environment: no wheel fits, its Python is refused, yanked.</summary>
    /// <param name="Environment">The environment's number.</param>
    public sealed record Unavailable(int Environment) : Cause;

    /// <summary>The release's metadata cannot be used.</summary>
    public sealed record Unusable(string Problem) : Cause;

    /// <summary>The release's metadata, where its index page was silent, refuses the environment's Python.</summary>
    public sealed record PythonRefused(VersionSpecifiers RequiresPython) : Cause;

    /// <summary>It follows from two others.</summary>
    public sealed record Conflict(Incompatibility Left, Incompatibility Right) : Cause;
}
