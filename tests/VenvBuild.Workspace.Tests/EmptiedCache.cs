namespace VenvBuild.Workspace.Tests;

/// <summary>Tests that empty the cache of this process run beside no others, which use it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EmptiedCache
{
    public const string Name = "The cache of this process, emptied";
}
