using System.Text;
using System.Text.Json;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Where interpreters are downloaded from: the releases of python-build-standalone, or a mirror of them. Below its address each release is a
/// folder, <c>YYYYMMDD/</c>, with its archives and their digests, <c>SHA256SUMS</c>; <c>latest-release.json</c> says which is the newest. An
/// address that ends with a release's folder means that one. A fragment <c>#sha256=HEX</c> pins SHA256SUMS, and with it every archive.
/// </summary>
public sealed class PythonMirror : IPythonSource
{
    private const string Sums = "SHA256SUMS";
    private const int MaxSumsBytes = 8 << 20;
    private const string PinMark = "#sha256=";
    private static readonly Uri Public = new("https://github.com/astral-sh/python-build-standalone/releases/download/");
    private static readonly Uri PublicLatest = new("https://raw.githubusercontent.com/astral-sh/python-build-standalone/latest-release/latest-release.json");

    private readonly PackageIndex _transport;
    private readonly Uri _root;
    private readonly Sha256Digest? _pin;
    private readonly string? _release;

    /// <summary>Uses a mirror.</summary>
    /// <param name="transport">By whose connections and bounds files are fetched.</param>
    /// <param name="address">The mirror's address, perhaps with a pin; null for the public releases.</param>
    /// <exception cref="DiagnosticException">The pin is no SHA-256.</exception>
    public PythonMirror(PackageIndex transport, Uri? address = null)
    {
        _transport = transport;
        if (address?.Fragment is { Length: > 0 } fragment)
        {
            _pin = fragment.StartsWith(PinMark, StringComparison.Ordinal) && Sha256Digest.TryParse(fragment.AsSpan(PinMark.Length), out var pin) ? pin : throw new DiagnosticException(
                ExitCode.Usage, Diagnostic.Error(InterpreterCodes.MirrorFault, $"'{fragment}' at the end of the mirror's address is no pin.", remedy: "Write #sha256= and the SHA-256 of SHA256SUMS, or nothing."));
            address = new Uri(address.GetLeftPart(UriPartial.Query));
        }

        _root = address is null ? Public : address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        var last = _root.Segments[^1].TrimEnd('/');
        if (PythonArchive.IsRelease(last))
            (_release, _root) = (last, new Uri(_root, "../"));
    }

    /// <inheritdoc/>
    public string Shown => new UriBuilder(_root) { UserName = "", Password = "", Query = "" }.Uri.AbsoluteUri;

    /// <inheritdoc/>
    public bool IsPinned => _pin is not null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PythonArchive>> ListAsync(Platform platform, CancellationToken cancellationToken)
    {
        var release = _release ?? await LatestAsync(cancellationToken).ConfigureAwait(false);
        var text = Encoding.UTF8.GetString(await ReadAsync(new Uri(_root, $"{release}/{Sums}"), _pin, cancellationToken).ConfigureAwait(false));
        var triple = PythonArchive.TripleOf(platform);
        var found = new List<PythonArchive>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (PythonArchive.TryParse(line, out var archive) && archive.Release == release && archive.Triple == triple)
                found.Add(archive);
        }

        return [.. found.OrderBy(archive => archive.IsFreeThreaded).ThenByDescending(archive => archive.Version).ThenByDescending(archive => archive.IsStripped)
            .DistinctBy(archive => (archive.Version, archive.IsFreeThreaded))];
    }

    /// <inheritdoc/>
    Task IPythonSource.DownloadAsync(PythonArchive archive, FileStream destination, CancellationToken cancellationToken) =>
        _transport.DownloadAsync(new Uri(_root, $"{archive.Release}/{Uri.EscapeDataString(archive.Name)}"), archive.Sha256, size: null, destination, cancellationToken);

    private async Task<string> LatestAsync(CancellationToken cancellationToken)
    {
        var address = _root == Public ? PublicLatest : new Uri(_root, "latest-release.json");
        try
        {
            using var document = JsonDocument.Parse(await ReadAsync(address, null, cancellationToken).ConfigureAwait(false));
            if (document.RootElement.GetProperty("tag").GetString() is { } tag && PythonArchive.IsRelease(tag))
                return tag;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below.
        }

        throw Fault($"{address} does not say which release is the newest");
    }

    private async Task<byte[]> ReadAsync(Uri address, Sha256Digest? digest, CancellationToken cancellationToken)
    {
        // A stream of fixed capacity: a mirror that sends without end fills it and no more.
        using var content = new MemoryStream(new byte[MaxSumsBytes]);
        content.SetLength(0);
        try
        {
            await _transport.DownloadAsync(address, digest, size: null, content, cancellationToken).ConfigureAwait(false);
        }
        catch (NotSupportedException)
        {
            throw Fault($"{address} is longer than {MaxSumsBytes} bytes");
        }

        return content.ToArray();
    }

    private DiagnosticException Fault(string what) => new(ExitCode.Integrity, Diagnostic.Error(
        InterpreterCodes.MirrorFault, $"{Shown} is no mirror of python-build-standalone: {what}.",
        remedy: "Name the address of a release's folder (.../YYYYMMDD), or one below which latest-release.json is, in VENVBUILD_PYTHON_MIRROR or python-mirror."));
}
