namespace VenvBuild.Server;

/// <summary>What those may do who bring no token.</summary>
internal sealed record AnonymousScopes(AccessScopes Scopes)
{
    /// <summary>As set; where nothing is, all on a server that only its own machine reaches, and reading elsewhere.</summary>
    public static AnonymousScopes Of(AnonymousAccess? access, bool isLoopbackOnly) => new((access ?? (isLoopbackOnly ? AnonymousAccess.Resolve : AnonymousAccess.Read)) switch
    {
        AnonymousAccess.None => AccessScopes.None,
        AnonymousAccess.Read => AccessScopes.Read,
        _ => AccessScopes.Read | AccessScopes.Resolve,
    });
}
