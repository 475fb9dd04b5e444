namespace VenvBuild.Server;

/// <summary>The scope that a page, or what one of its forms does, needs; reading where none is named.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsAttribute(AccessScopes scope) : Attribute
{
    public AccessScopes Scope => scope;
}
