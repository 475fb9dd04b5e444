using System.Globalization;
using System.Numerics;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>The parts of a version as PEP 440 names them. Numbers are unbounded, as the PEP has them.</summary>
internal sealed class VersionParts
{
    public BigInteger Epoch;
    public BigInteger[] Release = [];
    public PreReleaseKind? Pre;
    public BigInteger PreNumber;
    public BigInteger? Post;
    public BigInteger? Dev;

    /// <summary>The local label in normal form, its segments joined by dots.</summary>
    public string? Local;

    public bool IsPreRelease => Pre is not null || Dev is not null;

    public string ToNormalForm()
    {
        var text = new StringBuilder();
        if (!Epoch.IsZero)
            text.Append(CultureInfo.InvariantCulture, $"{Epoch}!");
        AppendRelease(text, Release.Length);
        if (Pre is { } kind)
            text.Append(kind switch { PreReleaseKind.Alpha => "a", PreReleaseKind.Beta => "b", _ => "rc" }).Append(CultureInfo.InvariantCulture, $"{PreNumber}");
        if (Post is { } post)
            text.Append(CultureInfo.InvariantCulture, $".post{post}");
        if (Dev is { } dev)
            text.Append(CultureInfo.InvariantCulture, $".dev{dev}");
        if (Local is not null)
            text.Append('+').Append(Local);
        return text.ToString();
    }

    public void AppendRelease(StringBuilder text, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append('.');
            text.Append(CultureInfo.InvariantCulture, $"{Release[i]}");
        }
    }

    public int TrimmedReleaseLength()
    {
        var length = Release.Length;
        while (length > 1 && Release[length - 1].IsZero)
            length--;
        return length;
    }
}
