using System.Text;

namespace VenvBuild.Testing;

/// <summary>
/// Inputs for a reader, without end and always the same: some made by a grammar, some real, most of them then damaged. The input of a
/// number depends on nothing else, so that a number is all that a finding needs.
/// </summary>
/// <param name="grammar">Makes a text that is right or nearly so.</param>
/// <param name="seeds">Real documents.</param>
/// <param name="words">What means something to the reader: put in where it may hurt.</param>
public sealed class FuzzInputs(Func<Random, string> grammar, IReadOnlyList<byte[]> seeds, params IReadOnlyList<string> words)
{
    private const int MaxLength = 1 << 20;

    // What is a limit, an end or a special case somewhere: of numbers, of text, of encodings.
    private static readonly string[] Everywhere =
    [
        "", "0", "-1", "00", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807", "18446744073709551616", "1e999", "99999999999999999999999999999999999999999",
        " ", "\t", "\n", "\r", "\r\n", "\0", "\u00a0", "\u2028", "\u0085", "\ufeff", "\u202e", "\u0130", "\u017f", "\u212a", "\ufffd", "\ud800", "\U0001F40D", "\u0661", "\u00e9", "e\u0301",
        "\"", "'", "\\", "\\u0000", "\\ud800", "/", "../", "//", "%", "%00", "%2e", "&", "&#0;", "&lt;", "<", ">", "<!--", "-->", "]]>", "#", ";", ",", ".", "..", ":", "@", "!", "~", "*", "+", "-", "_", "=", "==",
        "(", ")", "[", "]", "{", "}", "[[", "]]", "true", "null", "nan", "inf",
    ];

    private readonly byte[][] _seeds = [.. seeds];
    private readonly byte[][] _words = [.. Everywhere.Concat(words).Select(Bytes)];

    /// <summary>The input of a number.</summary>
    public byte[] Make(int number)
    {
        var random = new Random(number);
        var isMade = _seeds.Length == 0 || random.Next(2) == 0;
        var bytes = isMade ? Bytes(grammar(random)) : _seeds[random.Next(_seeds.Length)];
        // One in four stays as it is; most are damaged a little, as what is damaged much is refused at once.
        var damages = random.Next(8) switch { < 2 => 0, < 5 => 1, < 7 => random.Next(2, 5), _ => random.Next(5, 33) };
        for (var i = 0; i < damages; i++)
            bytes = Damage(bytes, random);
        return bytes;
    }

    // UTF-8, and a lone surrogate as the three bytes that it would be, which are none.
    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])))
            {
                bytes.AddRange([(byte)(0xE0 | text[i] >> 12), (byte)(0x80 | text[i] >> 6 & 0x3F), (byte)(0x80 | text[i] & 0x3F)]);
                continue;
            }

            var length = char.IsHighSurrogate(text[i]) ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
            i += length - 1;
        }

        return [.. bytes];
    }

    private byte[] Damage(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var length = Math.Min(random.Next(1, random.Next(1, 64) + 1), bytes.Length - at);
        return random.Next(11) switch
        {
            0 => Join(bytes[..at], [], bytes[(at + length)..]),
            1 => bytes[..at],
            2 => Join(bytes[..at], _words[random.Next(_words.Length)], bytes[at..]),
            3 => Join(bytes[..at], _words[random.Next(_words.Length)], bytes[(at + length)..]),
            4 => Join(bytes[..at], Part(bytes, random), bytes[at..]),
            5 => Repeated(bytes, at, length, random),
            6 when at < bytes.Length => Join(bytes[..at], [(byte)(bytes[at] ^ 1 << random.Next(8))], bytes[(at + 1)..]),
            7 when at < bytes.Length => Join(bytes[..at], [(byte)random.Next(256)], bytes[(at + 1)..]),
            8 => Number(bytes, at, random),
            9 when _seeds.Length > 0 => Join(bytes[..at], Part(_seeds[random.Next(_seeds.Length)], random), bytes[(at + length)..]),
            _ => Swapped(bytes, random),
        };
    }

    private static byte[] Join(byte[] one, byte[] two, byte[] three) =>
        one.Length + two.Length + three.Length > MaxLength ? one : [.. one, .. two, .. three];

    private static byte[] Part(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        return bytes[at..Math.Min(bytes.Length, at + random.Next(1, 200))];
    }

    private static byte[] Repeated(byte[] bytes, int at, int length, Random random)
    {
        var times = random.Next(4) == 0 ? random.Next(2, 2000) : random.Next(2, 8);
        var many = new byte[length * times];
        for (var i = 0; i < times; i++)
            bytes.AsSpan(at, length).CopyTo(many.AsSpan(i * length));
        return Join(bytes[..at], many, bytes[(at + length)..]);
    }

    /// <summary>Another number in the place of the next one.</summary>
    private byte[] Number(byte[] bytes, int at, Random random)
    {
        var start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return bytes;
        start += at;
        var length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var end = length < 0 ? bytes.Length : start + length;
        var number = random.Next(3) == 0 ? Bytes(new string('9', random.Next(1, 40))) : _words[random.Next(1, 11)];
        return Join(bytes[..start], number, bytes[end..]);
    }

    private static byte[] Swapped(byte[] bytes, Random random)
    {
        var cuts = new[] { random.Next(bytes.Length + 1), random.Next(bytes.Length + 1), random.Next(bytes.Length + 1) };
        Array.Sort(cuts);
        return [.. bytes[..cuts[0]], .. bytes[cuts[1]..cuts[2]], .. bytes[cuts[0]..cuts[1]], .. bytes[cuts[2]..]];
    }
}
