using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What the catalog knows: <c>/v1/packages</c>, and what changed between two locks.</summary>
internal static class CatalogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var packages = routes.MapGroup("/v1/packages").AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read));
        packages.MapGet("/{name}/newest", NewestAsync)
            .WithName("GetNewest").WithSummary("The newest known version that a specifier takes.").Produces<NewestVersion>();
        packages.MapGet("/{name}/{version}/closure", ClosureAsync)
            .WithName("GetClosure").WithSummary("What a release would pull in, on any platform.").Produces<IReadOnlyList<PulledRelease>>();
        packages.MapGet("/{name}/dependents", DependentsAsync)
            .WithName("GetDependents").WithSummary("Who depends on a project, and which locks hold it in the versions asked for.").Produces<Dependents>();
        routes.MapGet("/v1/locks/{digest}/changes/{other}", ChangesAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetChanges").WithSummary("What is different between two locks.").Produces<IReadOnlyList<LockDifference>>();
    }

    private static async Task<IResult> NewestAsync(string name, string? specifier, CatalogQueries queries, CancellationToken cancellationToken)
    {
        if (!PackageName.TryParse(name, out var project) || !VersionSpecifiers.TryParse(specifier ?? "", out var specifiers) || specifiers.HasArbitrary)
            return Problems.BadRequest("The name is a project's, and 'specifier' is such as >=2,<3.");
        return await queries.NewestAsync(project, specifiers, cancellationToken) is { } version
            ? Results.Ok(new NewestVersion(project.Value, version))
            : Problems.NotFound("No known version fits.");
    }

    private static async Task<IResult> ClosureAsync(string name, string version, CatalogQueries queries, CancellationToken cancellationToken)
    {
        if (!PackageName.TryParse(name, out var project) || !PackageVersion.TryParse(version, out var parsed))
            return Problems.BadRequest("The name is a project's, and the version is one.");
        return await queries.ClosureAsync(project, parsed, cancellationToken) is { } closure ? Results.Ok(closure) : Problems.NotFound("This release is not known here.");
    }

    private static async Task<IResult> DependentsAsync(string name, string? specifier, CatalogQueries queries, CancellationToken cancellationToken)
    {
        if (!PackageName.TryParse(name, out var project) || !VersionSpecifiers.TryParse(specifier ?? "", out var specifiers) || specifiers.HasArbitrary)
            return Problems.BadRequest("The name is a project's, and 'specifier' is such as <2.6.");
        return Results.Ok(await queries.DependentsAsync(project, specifiers, cancellationToken));
    }

    private static async Task<IResult> ChangesAsync(string digest, string other, CatalogFactory catalogs, CancellationToken cancellationToken)
    {
        if (!TryDigest(digest, out var before) || !TryDigest(other, out var after))
            return Problems.BadRequest("A lock is named by the SHA-256 of its bytes: 64 hex digits.");
        await using var catalog = catalogs.Open();
        if (await catalog.Locks.CountAsync(row => row.Digest == before || row.Digest == after, cancellationToken) != (before == after ? 1 : 2))
            return Problems.NotFound("One of these locks is not kept here.");
        var pins = await catalog.Pins.AsNoTracking().Where(pin => pin.LockDigest == before || pin.LockDigest == after)
            .OrderBy(pin => pin.Name).ThenBy(pin => pin.SortKey).ToListAsync(cancellationToken);
        return Results.Ok(LockDifference.Between(pins, before, after));
    }

    private static bool TryDigest(string text, out string hex)
    {
        var isDigest = Sha256Digest.TryParse(text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text, out var digest);
        hex = digest.ToString();
        return isDigest;
    }
}
