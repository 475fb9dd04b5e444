using System.Globalization;
using System.Text.Json.Nodes;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>
/// Environments that become others where they are, against environments made anew. <c>VENVBUILD_UNIVERSES</c> says how many random sequences of
/// changes are tried; a few where it is not set.
/// </summary>
public sealed class ChangingEnvironments : IDisposable
{
    private const int Changes = 8;

    private static readonly int Sequences = Math.Max(1, int.Parse(Environment.GetEnvironmentVariable("VENVBUILD_UNIVERSES") ?? "60", CultureInfo.InvariantCulture) / 30);

    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();
    private readonly List<string> _remarks = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_changes_the_environment_is_what_a_new_one_would_be()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there, environments are made anew");
        var python = await Pythons.BestAsync();
        var seed = Environment.TickCount;
        var offers = Offers();
        var (inPlace, tampered, all) = (0, 0, 0);
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var random = new Random(seed + sequence);
            var options = new SyncOptions { Link = random.Next(2) == 0 ? LinkMode.Copy : LinkMode.HardLink, WithoutTests = random.Next(4) == 0, Remark = Note };
            var hasBytecode = random.Next(3) > 0;
            var chosen = offers.Select(versions => random.Next(4) == 0 ? null : versions[random.Next(versions.Count)]).ToArray();
            var path = _folder.File($"changed-{sequence}");
            for (var change = 0; change <= Changes; change++)
            {
                var why = $"seed {seed + sequence}, change {change}";
                var plan = new EnvironmentPlan(python.ToTarget(), chosen.OfType<PlannedWheel>(), hasBytecode);
                _remarks.Clear();
                // Where nothing is planned to change, a glance is all that the environment gets.
                if ((await Installer().SyncAsync(plan, python, path, _source, options, cancellationToken: Token)).HasChanged)
                {
                    all += change == 0 ? 0 : 1;
                    inPlace += _remarks.Exists(IsInPlace) ? 1 : 0;
                    Assert.True(EnvironmentInstaller.IsUpToDate(plan, python, path, options), why);
                    var anew = _folder.File("anew");
                    await Installer().SyncAsync(plan, python, anew, _source, options, cancellationToken: Token);
                    Assert.True(EnvironmentTree.Of(anew).SequenceEqual(EnvironmentTree.Of(path)), $"{why}:\n{Difference(anew, path)}");
                    Directory.Delete(anew, recursive: true);
                }

                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    var at = random.Next(offers.Count);
                    chosen[at] = random.Next(4) == 0 ? null : offers[at][random.Next(offers[at].Count)];
                }

                if (random.Next(3) == 0)
                {
                    Tamper(path, random);
                    tampered++;
                }
            }

            Directory.Delete(path, recursive: true);
        }

        Assert.Equal(["cache"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        // Some must be made anew: too much is another, or somebody changed a folder's rights.
        Assert.True(inPlace > all / 2, $"{inPlace} of {all} were changed in place, {tampered} tampered with");
    }

    [Fact]
    public async Task Only_the_layer_that_is_another_is_fetched_and_linked_and_all_other_files_stay_the_same_ones()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there, environments are made anew");
        var python = await Pythons.BestAsync();
        var path = _folder.File(".venv");
        var options = new SyncOptions { Link = LinkMode.Copy, Remark = Note };
        var others = Enumerable.Range(0, 20).Select(i => _source.Plan(new WheelMaker($"part{i}").Module($"part{i}").Script($"part{i}", $"part{i}:main").File("shared/same.txt", "same"))).ToArray();
        var versions = Enumerable.Range(1, 2).Select(i => _source.Plan(new WheelMaker("bumped", $"{i}.0").Module("bumped", i).Script("bumped", "bumped:main").File($"shared/bumped{i}.txt", ""))).ToArray();
        await SyncAsync(0);
        var downloads = _source.Downloads;
        var before = Inodes(path);

        await SyncAsync(1);

        Assert.Equal(downloads + 1, _source.Downloads);
        Assert.Contains(_remarks, remark => remark.Contains("1 of 21 wheels were put in, 1 of them fetched", StringComparison.Ordinal));
        var after = Inodes(path);
        Assert.All(
            before.Where(file => !after.TryGetValue(file.Key, out var inode) || inode != file.Value),
            file => Assert.True(file.Key.Contains("bumped", StringComparison.Ordinal) || file.Key == EnvironmentState.FileName, file.Key));
        Assert.Equal("2", await Pythons.RunAsync(Path.Combine(path, "bin", "bumped")));

        await SyncAsync(0);
        Assert.Equal(downloads + 1, _source.Downloads);
        Assert.Equal("1", await Pythons.RunAsync(Path.Combine(path, "bin", "bumped")));

        Task SyncAsync(int version)
        {
            _remarks.Clear();
            return Installer().SyncAsync(new(python.ToTarget(), [.. others, versions[version]], hasBytecode: true), python, path, _source, options, cancellationToken: Token);
        }
    }

    [Fact]
    public async Task A_package_edited_through_its_link_is_put_right_in_the_environment_and_in_the_store()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there, environments are made anew");
        var (python, wheels, more, path, options) = await MakeOfPartsAsync();
        var edited = Path.Combine(path, VenvLayout.Of(python).SitePackages, "part3", "__init__.py");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(edited, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(edited, "edited", Token);

        await Installer().SyncAsync(Pythons.Plan(python, [.. wheels, more]), python, path, _source, options, cancellationToken: Token);

        Assert.Equal("3", await Pythons.RunAsync(Path.Combine(path, "bin", "python"), "-c", "import part3; print(part3.answer())"));
        Assert.Contains(_remarks, remark => remark.Contains("'part3/__init__.py'", StringComparison.Ordinal));
        Assert.Contains(_remarks, remark => remark.Contains("2 of 7 wheels were put in", StringComparison.Ordinal));
        Assert.Empty(await new Store(_folder.File("cache")).VerifyAsync(removes: false, Token));
    }

    [Theory]
    [InlineData("another way of linking")]
    [InlineData("an earlier writer")]
    [InlineData("a record that cannot be read")]
    [InlineData("checks")]
    [InlineData("most of it another")]
    public async Task What_is_out_of_the_ordinary_is_made_anew(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there, environments are made anew");
        var (python, wheels, more, path, options) = await MakeOfPartsAsync();
        var state = Path.Combine(path, EnvironmentState.FileName);
        if (what == "an earlier writer")
        {
            var json = JsonNode.Parse(await File.ReadAllTextAsync(state, Token))!;
            json["revision"] = 0;
            await File.WriteAllTextAsync(state, json.ToJsonString(), Token);
        }
        else if (what == "a record that cannot be read")
        {
            await File.WriteAllTextAsync(state, "{", Token);
        }

        options = what switch
        {
            "another way of linking" => options with { Link = LinkMode.Copy },
            "checks" => options with { Checks = [new("python -c 1", EnvironmentCheck.DefaultTimeout)] },
            _ => options,
        };
        await Installer().SyncAsync(Pythons.Plan(python, what == "most of it another" ? [wheels[0], more, _source.Plan(new WheelMaker("most").Module("most"))] : [.. wheels, more]), python, path, _source, options, cancellationToken: Token);

        Assert.DoesNotContain(_remarks, IsInPlace);
        Assert.Equal("42", await Pythons.RunAsync(Path.Combine(path, "bin", "python"), "-c", "import more; print(more.answer())"));
    }

    /// <summary>An environment of six wheels by hard links, and one wheel that it has not.</summary>
    private async Task<(Interpreter Python, PlannedWheel[] Wheels, PlannedWheel More, string Path, SyncOptions Options)> MakeOfPartsAsync()
    {
        var python = await Pythons.BestAsync();
        var wheels = Enumerable.Range(0, 6).Select(i => _source.Plan(new WheelMaker($"part{i}").Module($"part{i}", i))).ToArray();
        var more = _source.Plan(new WheelMaker("more").Module("more"));
        var path = _folder.File(".venv");
        var options = new SyncOptions { Link = LinkMode.HardLink, Remark = Note };
        await Installer().SyncAsync(Pythons.Plan(python, wheels), python, path, _source, options, cancellationToken: Token);
        return (python, wheels, more, path, options);
    }

    [Fact]
    public void A_disk_that_fails_under_several_threads_is_explained_as_one_that_fails_under_one()
    {
        var full = new IOException("No space left on device", 28);

        var explained = StorageFault.Explain(new AggregateException(new AggregateException(full), full), "place");

        Assert.True(StorageFault.IsStorage(new AggregateException(new AggregateException(full), full)));
        Assert.False(StorageFault.IsStorage(new AggregateException(full, new FormatException())));
        Assert.Equal(EnvironmentCodes.DiskFull, explained.Diagnostics[0].Code);
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsInPlace(string remark) => remark.Contains(" wheels were put in, ", StringComparison.Ordinal);

    private EnvironmentInstaller Installer() => new(_folder.File("cache"));

    private void Note(Diagnostic diagnostic) => _remarks.Add(diagnostic.Message);

    /// <summary>Distributions in some versions each, which share folders and files, move things about and change what they are.</summary>
    private List<List<PlannedWheel>> Offers()
    {
        var offers = new List<List<PlannedWheel>>();
        for (var i = 0; i < 9; i++)
            offers.Add([.. Enumerable.Range(1, 3).Select(version => _source.Plan(Offer(i, version)))]);
        return offers;
    }

    private static WheelMaker Offer(int i, int version)
    {
        var maker = new WheelMaker($"part{i}", $"{version}.0", i % 3 == 0 ? "py3-none-linux_x86_64" : "py3-none-any").Module($"part{i}", version);
        // What several bring, the same or each its own.
        maker.File("space/__init__.py", "").File($"space/part{i}/code.py", $"x = {version}").File($"{maker.Data}/data/share/all/same.txt", "same")
            .File($"{maker.Data}/data/share/all/of{i}-{version}.txt", "x").File($"{maker.Data}/data/share/own{i}/{version}/deep/file.txt", "x");
        maker.Script($"cmd{i}", $"part{i}:main").File($"{maker.Data}/scripts/script{i}", "#!python\nprint(1)\n").File($"{maker.Data}/scripts/shell{i}-{version}", "#!/bin/sh\n")
            .File($"{maker.Data}/headers/h.h", $"// {version}").File($"part{i}/run.sh", $"#!/bin/sh\n# {version % 2}\n", isExecutable: version != 2).File($"part{i}/empty", "");
        maker.File($"part{i}/tests/test.py", $"x = {version}").File($"single{i}.py", "same = 1").File($"part{i}/broken.py", "this is not python");
        // A module that becomes a package, and a folder that changes its letters.
        maker.File(version == 2 ? $"either{i}/__init__.py" : $"either{i}.py", "x = 1").File(version == 3 ? $"Case{i}/x.py" : $"case{i}/x.py", "x = 1")
            .File(version == 1 ? $"kind{i}" : $"kind{i}/x", "file or folder");
        if (version > 1)
            maker.File($"later{i}/a/b/c.txt", "").Script($"later{i}", $"part{i}:main");
        return maker;
    }

    /// <summary>What people and programs do to an environment.</summary>
    private static void Tamper(string path, Random random)
    {
        var files = Directory.GetFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => !file.Contains("/lib64/", StringComparison.Ordinal) && !file.EndsWith(EnvironmentState.FileName, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var file = files[random.Next(files.Length)];
        var folder = Path.GetDirectoryName(file)!;
        switch (random.Next(8))
        {
            case 0:
                File.Delete(file);
                break;
            case 1:
                // As editors write: another file under the name.
                File.Delete(file);
                File.WriteAllText(file, "edited");
                break;
            case 2:
                File.WriteAllText(Path.Combine(folder, "foreign.txt"), "foreign");
                break;
            case 3:
                Directory.CreateDirectory(Path.Combine(folder, "foreign", "empty"));
                File.WriteAllText(Path.Combine(folder, "foreign", "file"), "");
                break;
            case 4:
                File.CreateSymbolicLink(Path.Combine(folder, "foreign-link"), "nowhere");
                break;
            case 5:
                File.Delete(file);
                File.CreateSymbolicLink(file, "/etc/passwd");
                break;
            case 6:
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            default:
                Directory.Delete(folder, recursive: true);
                break;
        }
    }

    private static Dictionary<string, string> Inodes(string path) => Directory
        .GetFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .ToDictionary(file => Path.GetRelativePath(path, file), file => File.GetLastWriteTimeUtc(file).Ticks + ":" + File.GetCreationTimeUtc(file).Ticks);

    private static string Difference(string anew, string changed)
    {
        var (wanted, there) = (EnvironmentTree.Of(anew), EnvironmentTree.Of(changed));
        return string.Join('\n', wanted.Except(there).Select(line => "- " + line).Concat(there.Except(wanted).Select(line => "+ " + line)).Take(20));
    }
}
