namespace VenvBuild.Resolver;

/// <summary>Reading a set of environments, a bit each.</summary>
internal static class EnvironmentMask
{
    public static bool Has(this UInt128 mask, int environment) => (mask >> environment & 1) != 0;

    public static int First(this UInt128 mask) => (int)UInt128.TrailingZeroCount(mask);

    public static IEnumerable<int> Members(this UInt128 mask)
    {
        for (; mask != 0; mask &= mask - 1)
            yield return mask.First();
    }
}
