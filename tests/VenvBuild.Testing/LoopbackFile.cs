using System.Security.Cryptography;

namespace VenvBuild.Testing;

/// <summary>A file on <see cref="LoopbackIndex"/> and what its project's page says of it.</summary>
public sealed record LoopbackFile(string Project, string FileName, byte[] Content)
{
    /// <summary>The core metadata beside the file (PEP 658), or null for none.</summary>
    public byte[]? Metadata { get; init; }

    /// <summary>The digest that the page promises; the right one unless a test lies.</summary>
    public string? Sha256 { get; init; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>The metadata's digest that the page promises; the right one unless a test lies.</summary>
    public string? MetadataSha256 { get; init; }

    /// <summary>What is offered as the file's provenance (PEP 740), or null for none.</summary>
    public byte[]? Provenance { get; init; }

    public string? RequiresPython { get; init; }

    public string? Yanked { get; init; }

    public string? UploadTime { get; init; } = "2026-01-01T00:00:00Z";

    public bool StatesSize { get; init; } = true;

    /// <summary>Where the file is, from the server's root.</summary>
    public string Path => $"/files/{FileName}";
}
