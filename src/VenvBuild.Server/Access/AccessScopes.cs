namespace VenvBuild.Server;

/// <summary>What a token is good for. Whoever may do anything may read.</summary>
[Flags]
internal enum AccessScopes
{
    None = 0,
    Read = 1,
    Resolve = 2,
    Build = 4,
    Push = 8,
    Admin = 16,
}
