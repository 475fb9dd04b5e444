using System.Security.Cryptography;
using System.Text.Json;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The CPython that the Python project publishes for Windows as NuGet packages (<c>python</c>, <c>pythonx86</c>, <c>pythonarm64</c>), from a feed of
/// version 3 of the protocol: its service index, the versions and packages of its flat container, and the hash of a package's content, which
/// the catalog tells, or in a feed of plain files <c>NAME.nupkg.sha512</c>. A fragment <c>#sha512=</c> pins the package.
/// </summary>
public sealed class NuGetPythons : IPythonSource
{
    /// <summary>How the address of a feed ends, which tells it from a mirror's.</summary>
    public const string AddressEnd = "/index.json";

    private const string PinMark = "#sha512=";
    private const int MaxDocumentBytes = 8 << 20;
    private static readonly Uri Public = new("https://api.nuget.org/v3/index.json");

    private readonly PackageIndex _transport;
    private readonly Uri _address;
    private readonly byte[]? _pin;

    /// <summary>Uses a feed.</summary>
    /// <param name="transport">By whose connections and bounds files are fetched.</param>
    /// <param name="address">The feed's service index, perhaps with a pin; null for the public feed.</param>
    /// <exception cref="DiagnosticException">The pin is no SHA-512.</exception>
    public NuGetPythons(PackageIndex transport, Uri? address = null)
    {
        _transport = transport;
        _address = address is null ? Public : new Uri(address.GetLeftPart(UriPartial.Query));
        if (address?.Fragment is not { Length: > 0 } fragment)
            return;
        _pin = fragment.StartsWith(PinMark, StringComparison.Ordinal) ? Hash(Uri.UnescapeDataString(fragment[PinMark.Length..])) : null;
        if (_pin is null)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                InterpreterCodes.MirrorFault, $"'{fragment}' at the end of the feed's address is no pin.", remedy: "Write #sha512= and the SHA-512 of the package, in base64 or hexadecimal, or nothing."));
        }
    }

    /// <inheritdoc/>
    public string Shown => new UriBuilder(_address) { UserName = "", Password = "", Query = "" }.Uri.AbsoluteUri;

    /// <inheritdoc/>
    public bool IsPinned => _pin is not null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PythonArchive>> ListAsync(Platform platform, CancellationToken cancellationToken)
    {
        if (IdOf(platform) is not { } id)
            return [];
        try
        {
            var (container, _) = await ResourcesAsync(cancellationToken).ConfigureAwait(false);
            using var document = await ReadAsync(new Uri(container, $"{id}/index.json"), cancellationToken).ConfigureAwait(false);
            var found = new List<PythonArchive>();
            foreach (var text in document.RootElement.GetProperty("versions").EnumerateArray())
            {
                // Releases only: what comes before them is written in another way there.
                if (PackageVersion.TryParse(text.GetString(), out var version) && version.Release.Count == 3 && version.ToString() == text.GetString())
                    found.Add(PythonArchive.OfPackage(id, version, PythonArchive.TripleOf(platform)!));
            }

            return [.. found.OrderByDescending(archive => archive.Version)];
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw Fault("what it says of itself is not what feeds say");
        }
    }

    /// <inheritdoc/>
    async Task IPythonSource.DownloadAsync(PythonArchive archive, FileStream destination, CancellationToken cancellationToken)
    {
        var id = archive.Name[..archive.Name.IndexOf('.', StringComparison.Ordinal)];
        var (container, registrations) = await ResourcesAsync(cancellationToken).ConfigureAwait(false);
        var package = new Uri(container, $"{id}/{archive.Version}/{archive.Name}");
        byte[] expected;
        try
        {
            expected = _pin ?? await HashOfAsync(id, archive.Version, package, registrations, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw Fault($"its catalog tells no SHA-512 of {id} {archive.Version}");
        }

        await _transport.DownloadAsync(package, digest: null, size: null, destination, cancellationToken).ConfigureAwait(false);
        destination.Position = 0;
        var hash = await SHA512.HashDataAsync(destination, cancellationToken).ConfigureAwait(false);
        if (!hash.AsSpan().SequenceEqual(expected))
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                InterpreterCodes.ArchiveRefused, $"The package {archive.Name} is refused: its SHA-512 is {Convert.ToBase64String(hash)}, and {(IsPinned ? "the pin" : Shown)} says {Convert.ToBase64String(expected)}.",
                remedy: "Do not use it: tell whoever runs the feed, or name another in VENVBUILD_PYTHON_MIRROR."));
        }
    }

    private static string? IdOf(Platform platform) => platform.RuntimeIdentifier switch
    {
        "win-x64" => "python",
        "win-x86" => "pythonx86",
        "win-arm64" => "pythonarm64",
        _ => null,
    };

    private static byte[]? Hash(string? text)
    {
        try
        {
            var bytes = text is null ? null : text.Length == 128 ? Convert.FromHexString(text) : Convert.FromBase64String(text.Trim());
            return bytes?.Length == 64 ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The feed's flat container and, where it has one, its registrations.</summary>
    private async Task<(Uri Container, Uri? Registrations)> ResourcesAsync(CancellationToken cancellationToken)
    {
        using var document = await ReadAsync(_address, cancellationToken).ConfigureAwait(false);
        var resources = new Dictionary<string, Uri>(StringComparer.Ordinal);
        foreach (var resource in document.RootElement.GetProperty("resources").EnumerateArray())
        {
            if (resource.TryGetProperty("@type", out var type) && resource.TryGetProperty("@id", out var id) && Uri.TryCreate(_address, id.GetString(), out var address))
                resources.TryAdd(type.GetString()!, address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"));
        }

        return resources.TryGetValue("PackageBaseAddress/3.0.0", out var container)
            ? (container, resources.GetValueOrDefault("RegistrationsBaseUrl"))
            : throw Fault("it has no PackageBaseAddress/3.0.0");
    }

    private async Task<byte[]> HashOfAsync(string id, PackageVersion version, Uri package, Uri? registrations, CancellationToken cancellationToken)
    {
        if (registrations is not null)
        {
            using var leaf = await ReadAsync(new Uri(registrations, $"{id}/{version}.json"), cancellationToken).ConfigureAwait(false);
            var entry = leaf.RootElement.GetProperty("catalogEntry");
            using var catalog = entry.ValueKind == JsonValueKind.String && Uri.TryCreate(registrations, entry.GetString(), out var address)
                ? await ReadAsync(address, cancellationToken).ConfigureAwait(false) : JsonDocument.Parse(entry.GetRawText());
            return catalog.RootElement.TryGetProperty("packageHash", out var hash) && Hash(hash.GetString()) is { } known
                ? known : throw Fault($"its catalog tells no SHA-512 of {id} {version}");
        }

        using var sibling = new MemoryStream(new byte[1024]);
        sibling.SetLength(0);
        await _transport.DownloadAsync(new Uri(package.AbsoluteUri + ".sha512"), digest: null, size: null, sibling, cancellationToken).ConfigureAwait(false);
        return Hash(System.Text.Encoding.ASCII.GetString(sibling.ToArray())) ?? throw Fault($"it tells no SHA-512 of {id} {version}");
    }

    private async Task<JsonDocument> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        // A stream of fixed capacity: a feed that sends without end fills it and no more.
        using var content = new MemoryStream(new byte[MaxDocumentBytes]);
        content.SetLength(0);
        try
        {
            await _transport.DownloadAsync(address, digest: null, size: null, content, cancellationToken).ConfigureAwait(false);
            var document = JsonDocument.Parse(content.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Fault($"{address.AbsolutePath} is no object");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Fault($"{address.AbsolutePath} cannot be read");
        }
    }

    private DiagnosticException Fault(string what) => new(ExitCode.Integrity, Diagnostic.Error(
        InterpreterCodes.MirrorFault, $"{Shown} is no NuGet feed of Python: {what}.",
        remedy: "Name the service index of a feed (.../v3/index.json), or a mirror of python-build-standalone, in VENVBUILD_PYTHON_MIRROR or python-mirror."));
}
