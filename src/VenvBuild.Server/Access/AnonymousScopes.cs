namespace VenvBuild.Server;

/// <summary>What those may do who bring no token.</summary>
/// <param name="Scopes">What they may do who connect themselves.</param>
/// <param name="Forwarded">What they may do for whom a proxy asks.</param>
internal sealed record AnonymousScopes(AccessScopes Scopes, AccessScopes Forwarded)
{
    /// <summary>How long what never changes may be kept, and by whom: by everybody only where everybody may read it.</summary>
    public string Immutable => Scopes.HasFlag(AccessScopes.Read) ? "public, max-age=31536000, immutable" : "private, max-age=31536000, immutable";

    /// <summary>The same for what may be added to: for a while, and then it is asked again.</summary>
    public string Brief => Scopes.HasFlag(AccessScopes.Read) ? "public, max-age=300" : "private, max-age=300";

    /// <summary>
    /// As set. Where nothing is: all on a server that only its own machine reaches, and reading elsewhere; a proxy on the machine makes it
    /// reachable from elsewhere, whether it is listed or not.
    /// </summary>
    public static AnonymousScopes Of(ServerSettings settings, bool isLoopbackOnly)
    {
        var isAlone = isLoopbackOnly && settings.TrustedProxies.Count == 0;
        return new(Of(settings.Anonymous ?? (isAlone ? AnonymousAccess.Build : AnonymousAccess.Read)), Of(settings.Anonymous ?? AnonymousAccess.Read));
    }

    private static AccessScopes Of(AnonymousAccess access) => access switch
    {
        AnonymousAccess.None => AccessScopes.None,
        AnonymousAccess.Read => AccessScopes.Read,
        AnonymousAccess.Resolve => AccessScopes.Read | AccessScopes.Resolve,
        _ => AccessScopes.Read | AccessScopes.Resolve | AccessScopes.Build,
    };
}
