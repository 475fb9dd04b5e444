namespace VenvBuild.Server;

/// <summary>What an index is asked with.</summary>
/// <param name="Root">The root of its pages.</param>
/// <param name="User">The user.</param>
/// <param name="Password">The password, or a token.</param>
internal sealed record IndexLogin(Uri Root, string User, string Password)
{
    /// <summary>The password stays out of what prints a record.</summary>
    public override string ToString() => Root.AbsoluteUri;
}
