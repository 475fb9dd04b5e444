using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The name of an environment: SHA-256 over its layout's version, its target, its options and its wheels' digests. Nothing else
/// enters: no path, no request, no user, no time; so whoever plans the same has the same environment.
/// A pin that is built here counts by the wheel that the build made, not by its source: the key says what is installed, and stays exact
/// where a build is not reproducible. Two machines share such an environment when their builds come to the same bytes (the same pins of build
/// requirements, and a backend that heeds SOURCE_DATE_EPOCH); where they do not, the keys differ, and nobody is given another's build by mistake.
/// </summary>
public sealed record EnvironmentKey
{
    /// <summary>The version of the layout: it changes whenever the same wheels would be laid out differently.</summary>
    internal const int Layout = 1;

    private EnvironmentKey(Sha256Digest digest) => Digest = digest;

    /// <summary>The digest.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Digest.ToString();

    internal static EnvironmentKey Of(EnvironmentPlan plan)
    {
        // The floor (glibc 2.36 here, 2.28 there) chose the wheels and says nothing more once they are chosen.
        var target = plan.Target;
        var text = new StringBuilder()
            .Append("venvbuild environment\n")
            .Append("layout ").Append(Layout).Append('\n')
            .Append("platform ").Append(target.Platform.RuntimeIdentifier).Append('\n')
            .Append("python ").Append(target.Implementation).Append(' ').Append(target.Python).Append(' ').Append(target.Abi).Append('\n')
            .Append("bytecode ").Append(plan.HasBytecode ? "yes" : "no").Append('\n');
        foreach (var wheel in plan.Wheels)
            text.Append("wheel ").Append(wheel.Sha256.ToString()).Append('\n');
        return new(Sha256Digest.Of(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
