namespace VenvBuild.Server;

/// <summary>What those may do who bring no token.</summary>
internal sealed record AnonymousScopes(AccessScopes Scopes)
{
    /// <summary>How long what never changes may be kept, and by whom: by everybody only where everybody may read it.</summary>
    public string Immutable => Scopes.HasFlag(AccessScopes.Read) ? "public, max-age=31536000, immutable" : "private, max-age=31536000, immutable";

    /// <summary>The same for what may be added to: for a while, and then it is asked again.</summary>
    public string Brief => Scopes.HasFlag(AccessScopes.Read) ? "public, max-age=300" : "private, max-age=300";

    /// <summary>As set; where nothing is, all on a server that only its own machine reaches, and reading elsewhere.</summary>
    public static AnonymousScopes Of(AnonymousAccess? access, bool isLoopbackOnly) => new((access ?? (isLoopbackOnly ? AnonymousAccess.Build : AnonymousAccess.Read)) switch
    {
        AnonymousAccess.None => AccessScopes.None,
        AnonymousAccess.Read => AccessScopes.Read,
        AnonymousAccess.Resolve => AccessScopes.Read | AccessScopes.Resolve,
        _ => AccessScopes.Read | AccessScopes.Resolve | AccessScopes.Build,
    });
}
