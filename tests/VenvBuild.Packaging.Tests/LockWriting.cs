using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class LockWriting
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Has_one_form()
    {
        var document = new LockDocument
        {
            CreatedBy = "dotnet-pyenv",
            RequiresPython = VersionSpecifiers.Parse(">=3.11, <3.14"),
            Environments = [Marker.Parse("sys_platform == 'linux'"), Marker.Parse("sys_platform == 'win32'")],
            Extras = [],
            DependencyGroups = ["test", "lint"],
            DefaultGroups = ["default"],
            Packages =
            [
                new()
                {
                    Name = PackageName.Parse("zope"),
                    Version = PackageVersion.Parse("10.0"),
                    Index = new("https://user:secret@packages.example/simple"),
                    Wheels = [Wheel("zope-10.0-py3-none-any.whl"), Wheel("zope-10.0-cp311-cp311-linux_x86_64.whl")],
                },
                new()
                {
                    Name = PackageName.Parse("zope"),
                    Version = PackageVersion.Parse("9.0"),
                    Marker = Marker.Parse("python_version < '3.12'"),
                    Dependencies = [new(PackageName.Parse("attrs")), new(PackageName.Parse("zope"), PackageVersion.Parse("10.0"))],
                    Sdist = Wheel("zope-9.0.tar.gz") with { Name = "zope-9.0.tar.gz", Url = new("https://packages.example/zope-9.0.tar.gz") },
                },
                new() { Name = PackageName.Parse("attrs"), Directory = new("./attrs") { IsEditable = true } },
            ],
            Provenance = new("sha256:" + Digest) { Requests = ["requirement: zope>=9", "python: >=3.11,<3.14"] },
        };
        Assert.Equal(
            $$$"""
            lock-version = "1.0"
            environments = [
                "sys_platform == \"linux\"",
                "sys_platform == \"win32\"",
            ]
            requires-python = ">=3.11,<3.14"
            extras = []
            dependency-groups = ["lint", "test"]
            default-groups = ["default"]
            created-by = "dotnet-pyenv"

            [[packages]]
            name = "attrs"
            directory = {path = "./attrs", editable = true}

            [[packages]]
            name = "zope"
            version = "9.0"
            marker = "python_version < \"3.12\""
            dependencies = [
                {name = "attrs"},
                {name = "zope", version = "10.0"},
            ]
            sdist = {upload-time = 2026-10-01T12:30:00.25Z, url = "https://packages.example/zope-9.0.tar.gz", size = 12, hashes = {sha256 = "{{{Digest}}}"}}

            [[packages]]
            name = "zope"
            version = "10.0"
            index = "https://packages.example/simple"
            wheels = [
                {upload-time = 2026-10-01T12:30:00.25Z, url = "https://packages.example/a/zope-10.0-cp311-cp311-linux_x86_64.whl", size = 12, hashes = {sha256 = "{{{Digest}}}"}},
                {upload-time = 2026-10-01T12:30:00.25Z, url = "https://packages.example/a/zope-10.0-py3-none-any.whl", size = 12, hashes = {sha256 = "{{{Digest}}}"}},
            ]

            [tool.venvbuild]
            request-digest = "sha256:{{{Digest}}}"
            requests = [
                "requirement: zope>=9",
                "python: >=3.11,<3.14",
            ]

            """,
            LockWriter.WriteText(document));
    }

    [Fact]
    public void Keeps_what_other_tools_wrote()
    {
        const string Toml = """
            lock-version = "1.0"
            created-by = "other"
            packages = []

            [tool.other]
            "odd key" = "a\tb\\\"\u0001"
            when = 2025-03-06T12:28:57.760769
            date = 2025-03-06
            numbers = [1, -2.5, 1e300, inf, true, {deep = []}]

            """;
        var text = LockWriter.WriteText(LockReader.Read(Encoding.UTF8.GetBytes(Toml), "pylock.toml").Document);
        Assert.Equal(Toml.Replace("1e300", "1E+300", StringComparison.Ordinal), text);
    }

    [Theory]
    [InlineData("[[packages]]\nname='a'\ndirectory={path='.'}\n[tool.x]\na=1\n[[packages]]\nname='b'\ndirectory={path='.'}\n[tool.y]\nb=1\n")]
    [InlineData("[tool.x]\na=1\n[[packages]]\nname='a'\n[packages.directory]\npath='.'\n[[packages]]\nname='b'\ndirectory.path='.'\n[tool]\ny={b=1}\n")]
    public void Is_the_same_whatever_the_layout_that_was_read(string body)
    {
        var plain = "lock-version='1.0'\ncreated-by='t'\n[[packages]]\nname='a'\ndirectory={path='.'}\n[[packages]]\nname='b'\ndirectory={path='.'}\n[tool.x]\na=1\n[tool.y]\nb=1\n";
        Assert.Equal(Rewrite(plain), Rewrite("lock-version='1.0'\ncreated-by='t'\n" + body));
    }

    [Fact]
    public void Is_undone_by_reading()
    {
        var name = Gen.OneOf(Gen.Const("a"), Gen.Const("b-c"), Gen.Const("zope-interface"));
        var file = Gen.Select(Gen.OneOf(Gen.Const("py3-none-any"), Gen.Const("cp311-cp311-win_amd64"), Gen.Const("cp312-abi3-manylinux_2_17_x86_64")), Gen.Long[0, 1L << 40], Gen.Bool);
        var package = Gen.Select(name, Gen.Int[0, 30], file.Array[1, 4], Gen.OneOf(Gen.Const((string?)null), Gen.Const<string?>("sys_platform == 'linux'"), Gen.Const<string?>("python_version < '3.12' and os_name != 'nt'")));
        package.Array[0, 6].Sample(rows =>
        {
            var document = new LockDocument
            {
                CreatedBy = "dotnet-pyenv",
                Packages =
                [
                    .. rows.Select(row => new LockedPackage
                    {
                        Name = PackageName.Parse(row.Item1),
                        Version = PackageVersion.Parse($"1.{row.Item2}"),
                        Marker = row.Item4 is null ? null : Marker.Parse(row.Item4),
                        Wheels =
                        [
                            .. row.Item3.Select(tags => Wheel($"{row.Item1.Replace('-', '_')}-1.{row.Item2}-{tags.Item1}.whl") with
                            {
                                Size = tags.Item2,
                                UploadTime = tags.Item3 ? DateTimeOffset.UnixEpoch.AddTicks(tags.Item2) : null,
                            }),
                        ],
                    }),
                ],
            };
            var written = LockWriter.Write(document);
            var read = LockReader.Read(written, "pylock.toml");
            return read.Warnings.Count == 0 && read.Document.Packages.Count == rows.Length
                && LockWriter.Write(read.Document).AsSpan().SequenceEqual(written)
                && LockWriter.Write(document with { Packages = [.. document.Packages.Reverse()] }).Length == written.Length;
        });
    }

    [Theory]
    [InlineData("ssh://git@example.test/r.git", "ssh://git@example.test/r.git")]
    [InlineData("https://token@example.test/r.git", "https://example.test/r.git")]
    [InlineData("https://user:pa@ss@example.test/r.git@v1", "https://example.test/r.git@v1")]
    public void Leaves_credentials_out(string url, string written)
    {
        var document = new LockDocument { CreatedBy = "t", Packages = [new() { Name = PackageName.Parse("a"), Vcs = new("git", "c0ffee") { Url = url } }] };
        Assert.Contains($"url = \"{written}\"", LockWriter.WriteText(document), StringComparison.Ordinal);
    }

    private static string Rewrite(string toml) => LockWriter.WriteText(LockReader.Read(Encoding.UTF8.GetBytes(toml), "pylock.toml").Document);

    private static LockedFile Wheel(string name) => new()
    {
        Name = name,
        Url = new($"https://packages.example/a/{name}"),
        Size = 12,
        UploadTime = new(2026, 10, 1, 12, 30, 0, 250, TimeSpan.Zero),
        Hashes = LockedHashes.OfSha256(Digest),
    };
}
