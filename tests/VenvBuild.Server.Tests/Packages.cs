using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>An index on loopback with a few packages, and manifests that ask for them.</summary>
internal static class Packages
{
    public static LoopbackIndex Add(this LoopbackIndex index, string name, string version, params string[] requires)
    {
        var maker = new WheelMaker(name, version).Module(name);
        foreach (var requirement in requires)
            maker.Requires(requirement);
        index.Add(new(name, maker.FileName, maker.ToArray()));
        return index;
    }

    public static string Manifest(this LoopbackIndex index, string requirements, string more = "") =>
        $"requirements: [{requirements}]\nplatforms: [linux-x64]\nindexes: [{{name: corp, url: \"{index.Simple}\"}}]\n{more}";

    public static string Allowed(this LoopbackIndex index) => $"Indexes:Allowed:0={index.Simple}";
}
