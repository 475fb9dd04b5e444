namespace VenvBuild.Server;

/// <summary>What those may do who bring no token.</summary>
internal enum AnonymousAccess
{
    None,
    Read,
    Resolve,
    Build,
}
