using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What an archive may bring into a folder.</summary>
/// <param name="Root">The one folder that everything in the archive is below, or null for the one that its first entry names.</param>
/// <param name="MaxBytes">Bytes of all files together.</param>
/// <param name="IsSealed">Whether files are made read-only, as the store keeps them, and not writable for their owner.</param>
/// <param name="Refuse">Makes the error of the entry (null for the archive as a whole) and the reason.</param>
internal sealed record ArchiveTreeRules(string? Root, long MaxBytes, bool IsSealed, Func<string?, string, DiagnosticException> Refuse)
{
    /// <summary>Entries of all kinds.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Folders above a file, and the file.</summary>
    public const int MaxDepth = 32;

    /// <summary>Unpacked bytes per packed byte, beyond <see cref="FreeBytes"/>.</summary>
    public const int MaxRatio = 250;

    /// <summary>What any archive may unpack to, however densely it is packed.</summary>
    public const long FreeBytes = 64L << 20;

    /// <summary>An entry's name as it can be shown: no control characters reach a terminal, no line is endless.</summary>
    public static string Shown(string entry) => string.Concat(entry.Take(200).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
