using System.Text;
using VenvBuild.Testing;

namespace VenvBuild.Packaging.Tests;

/// <summary>
/// Readers given what nobody should have written: each takes it or says what is wrong by its own exception, ends soon and stays small, and
/// what it took means the same when it is written and read again.
/// </summary>
public sealed class HostileTexts : IAsyncLifetime
{
    private static readonly PackageVersion[] Probes = [.. new[] { "0", "1.0", "1.0rc1", "2.0.post1", "3.11", "2024.1.dev1", "1!0", "1.0+x" }.Select(PackageVersion.Parse)];
    private static readonly Uri Address = new("https://example.org/simple/a/");

    private FuzzSeeds _seeds = null!;

    public async ValueTask InitializeAsync() => _seeds = await FuzzSeeds.FetchAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public Task As_versions() => RunAsync("versions", FuzzGrammar.Version, ["1.0", "2024.1.post3.dev1+local", "1!2.3rc4"], ["rc", "post", "dev", "!", "+", "v"], text =>
    {
        if (!PackageVersion.TryParse(text, out var version))
        {
            Assert.Throws<PackagingFormatException>(() => PackageVersion.Parse(text));
            return false;
        }

        var again = PackageVersion.Parse(version.ToString());
        Assert.True(version.Equals(again) && version.CompareTo(again) == 0 && version.GetHashCode() == again.GetHashCode());
        Assert.Equal(version.ToString(), again.ToString());
        foreach (var probe in Probes)
            Assert.Equal(Math.Sign(version.CompareTo(probe)), -Math.Sign(probe.CompareTo(version)));
        return true;
    });

    [Fact]
    public Task As_specifiers() => RunAsync("specifiers", FuzzGrammar.Specifiers, [">=3.8,<4", "~=1.4.2", "!=1.9.*,>=1", .. _seeds.Values("Requires-Python")], ["===", "~=", ".*", ","], text =>
    {
        var isLenient = VersionSpecifiers.TryParseLenient(text, out var lenient, out var repair);
        if (!VersionSpecifiers.TryParse(text, out var specifiers))
        {
            Assert.Throws<PackagingFormatException>(() => VersionSpecifiers.Parse(text));
            if (isLenient)
                Assert.NotNull(repair);
            specifiers = lenient;
        }
        else
        {
            Assert.True(isLenient);
            Assert.Equal(specifiers, lenient);
        }

        if (specifiers is null)
            return false;
        Assert.Equal(specifiers, VersionSpecifiers.Parse(specifiers.ToString()));
        if (!specifiers.HasArbitrary)
            Assert.All(Probes, probe => Assert.Equal(specifiers.Contains(probe), specifiers.Set.Contains(probe)));
        return true;
    });

    [Fact]
    public Task As_requirements() => RunAsync(
        "requirements",
        FuzzGrammar.Requirement,
        ["requests[socks]>=2.7 ; sys_platform != \"win32\"", "a @ https://example.org/a-1-py3-none-any.whl ; python_version < '3.12'", "zope.interface (>3.5.0)", .. _seeds.RequirementLines, .. _seeds.Values("Requires-Dist")],
        ["[", "]", "@ ", ";", "(", ")", "extra == ", "and", "or"],
        text =>
        {
            var isStrict = Requirement.TryParse(text, out var requirement);
            Assert.True(!isStrict || Requirement.TryParseLenient(text, out var same, out _) && requirement!.ToString() == same.ToString());
            if (!isStrict)
                Assert.Throws<PackagingFormatException>(() => Requirement.Parse(text));
            if (!isStrict && !Requirement.TryParseLenient(text, out requirement, out _))
                return false;
            Assert.Equal(requirement!.ToString(), Requirement.Parse(requirement.ToString()).ToString());
            return true;
        });

    [Fact]
    public Task As_markers() => RunAsync(
        "markers",
        FuzzGrammar.Marker,
        ["python_version >= '3.8' and (sys_platform == 'win32' or os_name == 'posix')", "'linux' in sys_platform", .. _seeds.Values("Requires-Dist").Where(line => line.Contains(';', StringComparison.Ordinal)).Select(line => line[(line.IndexOf(';', StringComparison.Ordinal) + 1)..])],
        ["and", "or", "not in", "in", "python_full_version", "extra", "(", ")"],
        text =>
        {
            if (!Marker.TryParse(text, out var marker))
            {
                Assert.Throws<PackagingFormatException>(() => Marker.Parse(text));
                return false;
            }

            Assert.Equal(marker, Marker.Parse(marker.ToString()));
            var extras = MarkerEnvironments.Names("a");
            var holds = marker.Evaluate(MarkerEnvironments.Linux, extras);
            var set = MarkerSet.Of(marker);
            Assert.Equal(holds, set.Contains(MarkerEnvironments.Linux, extras));
            Assert.Equal(!holds, set.Not().Contains(MarkerEnvironments.Linux, extras));
            if (set.HasExactMarker)
                Assert.Equal(set, MarkerSet.OfOptional(set.ToMarker()));
            return true;
        },
        // A question to the algebra may take its whole budget of steps, however short the text.
        perByte: 1 << 20);

    [Fact]
    public Task As_core_metadata()
    {
        var known = new RequirementCache();
        return RunAsync("core metadata", FuzzGrammar.Metadata, _seeds.Metadata, ["Requires-Dist: ", "Provides-Extra: ", "Name: a\n", "\n\n", "\n ", ": "], bytes =>
        {
            var metadata = CoreMetadata.Parse(bytes, MetadataDetail.Everything, known);
            Assert.NotNull(metadata.Name.Value);
            Assert.Equal(CoreMetadata.Parse(bytes).RequiresDist.Select(line => line.ToString()), metadata.RequiresDist.Select(line => line.ToString()));
            return true;
        });
    }

    [Fact]
    public Task As_pages_in_json() => RunAsync("pages in JSON", FuzzGrammar.JsonPage, _seeds.JsonPages, ["\"files\":[", "{", "}", "\"yanked\":", "\\ud83d", "null", "[[[[[[[["], bytes => IsPage(ProjectPage.ParseJson(bytes, Address)));

    [Fact]
    public Task As_pages_in_html() => RunAsync("pages in HTML", FuzzGrammar.HtmlPage, _seeds.HtmlPages, ["<a href=", "</a>", "<base href=", "<meta name=", "<script>", "data-yanked", "&#x110000;", "&amp"], bytes => IsPage(ProjectPage.ParseHtml(bytes, Address, PackageName.Parse("a"))));

    [Fact]
    public Task As_file_names() => RunAsync("file names", FuzzGrammar.FileName, ["numpy-2.3.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a-1.0.tar.gz"], [".whl", ".tar.gz", "-", "py3", "none", "any"], text =>
    {
        var isWheel = WheelFileName.TryParse(text, out var wheel);
        var isSdist = SdistFileName.TryParse(text, out var sdist);
        Assert.False(isWheel && isSdist);
        if (isWheel)
            Assert.True(wheel!.Tags.Count is > 0 and <= WheelTagSet.MaxTags && Assert.IsType<string>(wheel.ToString()).Length > 0);
        else
            Assert.Throws<PackagingFormatException>(() => WheelFileName.Parse(text));
        if (!isSdist)
            Assert.Throws<PackagingFormatException>(() => SdistFileName.Parse(text));
        return isWheel || isSdist;
    });

    [Fact]
    public Task As_locks() => RunAsync("locks", FuzzGrammar.Lock, [], ["[[packages]]\n", "[packages.tool]\n", "name = ", "wheels = [", "hashes.sha256 = ", "'''", "\"\"\"", "inf", "[a.b]\n"], bytes =>
    {
        var document = LockReader.Read(bytes, "pylock.toml").Document;
        var written = LockWriter.Write(document);
        Assert.Equal(written, LockWriter.Write(LockReader.Read(written, "pylock.toml").Document));
        return true;
    });

    [Fact]
    public Task As_project_files() => RunAsync("pyproject.toml", FuzzGrammar.PyProject, [], ["[project]\n", "[build-system]\n", "dynamic = [", "'''", "[[", "]]", "= {"], bytes =>
    {
        _ = BuildSystem.Parse(bytes);
        return ProjectTable.Read(bytes, out var left) is not null || left is not null;
    });

    private static bool IsPage(ProjectPage page)
    {
        Assert.All(page.Files, file => Assert.True(file.Url.IsAbsoluteUri && file.FileName.Length > 0 && file.Version is not null && !file.FileName.Contains('/', StringComparison.Ordinal)));
        return true;
    }

    private static Task RunAsync(string what, Func<Random, string> grammar, IReadOnlyList<string> seeds, IReadOnlyList<string> words, Func<string, bool> read, int perByte = 2000) =>
        FuzzRun.RunAsync(what, new(grammar, [.. seeds.Select(Encoding.UTF8.GetBytes)], words), bytes => read(Encoding.UTF8.GetString(bytes)), IsOwn, perByte);

    private static Task RunAsync(string what, Func<Random, string> grammar, IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words, Func<byte[], bool> read) =>
        FuzzRun.RunAsync(what, new(grammar, seeds, words), read, IsOwn);

    private static bool IsOwn(Exception e) => e is PackagingFormatException or DiagnosticException;
}
