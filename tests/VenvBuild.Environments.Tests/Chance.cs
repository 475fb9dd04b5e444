namespace VenvBuild.Environments.Tests;

/// <summary>What chance makes of names and bytes, so that a seed is all that a finding needs.</summary>
internal static class Chance
{
    /// <summary>Names of files that are right, and names that seek a way out, meet another or mean something else elsewhere.</summary>
    public static readonly string[] Names =
    [
        "a", "b", "A", "a/b", "a/b/c", "b/a", "..", "../x", "a/../../x", ".", "./a", "", "/", "/x", "a//b", "a/", "C:/x", "c:x", "\\x", "a\\..\\x", "nul", "a/CON.txt", "a.", "a ", "a/\0b", "a\nb", "e\u0301", "\u00e9",
        "\u202Ex", "a:b", new string('n', 300), string.Concat(Enumerable.Repeat("d/", 40)) + "x", "demo-1.0.dist-info/RECORD", "demo-1.0.data/scripts/python", "demo-1.0.data/data/pyvenv.cfg", "demo-1.0.data/purelib/demo/__init__.py",
    ];

    public static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    public static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    public static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0 && damaged.Count > 0; times--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(6))
            {
                case 0:
                    damaged.RemoveRange(at, Math.Min(damaged.Count - at, random.Next(1, 600)));
                    break;
                case 1:
                    damaged.InsertRange(at, Bytes(random, 600));
                    break;
                case 2:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(damaged.Count - at, random.Next(1, 1100))));
                    break;
                case 3:
                    for (var i = at; i < Math.Min(damaged.Count, at + 8); i++)
                        damaged[i] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
                default:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. damaged];
    }
}
