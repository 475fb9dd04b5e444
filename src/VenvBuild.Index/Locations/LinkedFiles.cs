using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>The files of one release in a find-links place. Those in a folder are hashed when somebody looks at them, for locks name digests.</summary>
internal sealed class LinkedFiles(LinkedFile[] files) : LazyFiles(files.Length)
{
    protected override IndexFile[] Make() => Array.ConvertAll(files, file => file.Listed ?? Local(file));

    private static IndexFile Local(LinkedFile file)
    {
        try
        {
            using var content = File.OpenRead(file.Path!);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(content, digest);
            return new()
            {
                FileName = Path.GetFileName(file.Path!),
                Url = new Uri(file.Path!),
                Wheel = file.Wheel,
                Sdist = file.Sdist,
                Sha256 = Sha256Digest.FromBytes(digest),
                Size = content.Length,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FetchErrors.Stop(
                Diagnostic.Error(
                    IndexCodes.FindLinksMissing,
                    $"The file '{file.Path}' in a find-links folder cannot be read: {e.Message}",
                    remedy: "Correct its permissions, or remove it."),
                e);
        }
    }
}
