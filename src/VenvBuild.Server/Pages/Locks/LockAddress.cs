using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>A lock as an address names it: its digest, with <c>sha256:</c> or without.</summary>
internal static class LockAddress
{
    private const string Prefix = "sha256:";

    /// <summary>The 64 hexadecimal digits; null where it is no digest.</summary>
    public static string? Parse(string? text) =>
        text is not null && Sha256Digest.TryParse(text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text, out var digest) ? digest.ToString() : null;
}
