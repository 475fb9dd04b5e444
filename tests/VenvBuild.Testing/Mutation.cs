namespace VenvBuild.Testing;

/// <summary>One change of some bytes.</summary>
/// <param name="Kind">What was done, for a count.</param>
/// <param name="Bytes">What came of it, which is never what it was.</param>
public sealed record Mutation(string Kind, byte[] Bytes)
{
    /// <summary>Changes bytes at random: the same changes for the same seed.</summary>
    public static Mutation Of(byte[] original, Random random)
    {
        while (true)
        {
            var at = random.Next(original.Length);
            var until = Math.Min(original.Length, at + 1 + random.Next(16));
            var (kind, changed) = random.Next(6) switch
            {
                0 => ("bit turned", (byte[])[.. original[..at], (byte)(original[at] ^ (1 << random.Next(8))), .. original[(at + 1)..]]),
                1 => ("byte added", [.. original[..at], (byte)random.Next(256), .. original[at..]]),
                2 => ("bytes removed", [.. original[..at], .. original[until..]]),
                3 => ("bytes doubled", [.. original[..until], .. original[at..]]),
                4 => ("end cut off", original[..at]),
                _ => ("bytes reversed", [.. original[..at], .. original[at..until].Reverse(), .. original[until..]]),
            };
            if (!changed.AsSpan().SequenceEqual(original))
                return new(kind, changed);
        }
    }
}
