namespace VenvBuild.Packaging.Tests;

public sealed class Digests
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Are_read_and_written_as_lower_case_hexadecimal()
    {
        Assert.Equal(Empty, Sha256Digest.Of([]).ToString());
        Assert.Equal(Sha256Digest.Of([]), Sha256Digest.Parse(Empty.ToUpperInvariant()));
        Assert.True(Sha256Digest.TryParse(System.Text.Encoding.ASCII.GetBytes(Empty), out var digest));
        Assert.True(digest == Sha256Digest.Of([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("e3b0c442")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550")]
    public void Of_another_length_or_alphabet_are_refused(string text)
    {
        Assert.False(Sha256Digest.TryParse(text, out _));
        Assert.Throws<PackagingFormatException>(() => Sha256Digest.Parse(text));
    }

    [Fact]
    public void Bytes_make_the_digest_that_writes_them() => Gen.Byte.Array[32].Sample(bytes =>
    {
        var digest = Sha256Digest.FromBytes(bytes);
        var copy = new byte[32];
        digest.CopyTo(copy);
        Assert.Equal(bytes, copy);
        Assert.Equal(Convert.ToHexStringLower(bytes), digest.ToString());
    });

    [Fact]
    public void Order_as_their_texts_do() => Gen.Byte.Array[32].Select(Gen.Byte.Array[32]).Sample((left, right) =>
    {
        var (a, b) = (Sha256Digest.FromBytes(left), Sha256Digest.FromBytes(right));
        Assert.Equal(Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())), Math.Sign(a.CompareTo(b)));
    });
}
