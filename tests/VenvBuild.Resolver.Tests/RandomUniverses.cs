using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>The solver against brute force. <c>VENVBUILD_UNIVERSES</c> sets how many worlds are tried; 2,000 when it is not set.</summary>
public sealed class RandomUniverses
{
    private static readonly int Count = int.Parse(System.Environment.GetEnvironmentVariable("VENVBUILD_UNIVERSES") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly ResolutionEnvironment[] Environments = [.. Universe.Grid("linux-x64 win-x64", 11, 12)];

    [Fact]
    public async Task An_answer_is_found_exactly_when_there_is_one_and_it_is_right_everywhere()
    {
        var (solved, refused) = (0, 0);
        for (var seed = 0; seed < Count; seed++)
        {
            var (universe, requests) = Make(new(seed));
            var answers = Environments.Select(environment => new BruteForce(universe, environment, requests)).ToList();
            var solvable = answers.TrueForAll(brute => brute.Answers().Any());
            try
            {
                var resolution = await universe.ResolveAsync(new ResolutionRequest { Environments = Environments, Requirements = requests });
                Assert.True(solvable, $"World {seed} has no answer, and one was given: {string.Join("; ", Universe.Lines(resolution))}");
                for (var i = 0; i < Environments.Length; i++)
                {
                    var chosen = resolution.Packages.Where(package => package.Environments.Contains(i)).ToDictionary(package => package.Name, package => package.Release);
                    Assert.True(answers[i].IsAnswer(chosen), $"World {seed} on {Environments[i].Label}: {string.Join("; ", Universe.Lines(resolution))}");
                    var byMarker = resolution.Packages.Where(package => package.Marker.Contains(Environments[i].Representative)).Select(package => package.Release);
                    Assert.Equal(chosen.Values.OrderBy(release => release.Name), byMarker.OrderBy(release => release.Name));
                }

                solved++;
            }
            catch (UnsatisfiableException refusal)
            {
                Assert.False(solvable, $"World {seed} has an answer, and it was refused: {refusal.Message}");
                refused++;
            }
        }

        // Worlds that are all of one kind would prove little.
        Assert.True(solved > Count / 5 && refused > Count / 20, $"{solved} solved, {refused} refused");
    }

    [Fact]
    public async Task With_one_target_the_first_request_gets_the_newest_release_it_can_have()
    {
        for (var seed = 0; seed < Count / 2; seed++)
        {
            var (universe, requests) = Make(new(seed));
            var brute = new BruteForce(universe, Environments[0], requests);
            var first = requests[0].Name;
            var candidates = brute.Answers().Where(answer => answer.ContainsKey(first)).Select(answer => answer[first].Version).ToList();
            if (requests[0].Marker is not null || candidates.Count == 0 || candidates.Exists(version => version.IsPreRelease))
                continue;
            var resolution = await universe.ResolveAsync(new ResolutionRequest { Environments = [Environments[0]], Requirements = requests });
            Assert.Equal(candidates.Max(), resolution.Packages.Single(package => package.Name == first).Version);
        }
    }

    private static (Universe Universe, IReadOnlyList<Requirement> Requests) Make(Random random)
    {
        string[] names = ["a", "b", "c", "d", "e"];
        var universe = new Universe();
        foreach (var name in names)
        {
            var count = random.Next(1, 4);
            for (var version = 1; version <= count; version++)
            {
                var text = random.Next(10) == 0 ? $"{version}.0rc1" : $"{version}.0";
                var requires = Enumerable.Range(0, random.Next(0, 3)).Select(_ => RandomRequirement(random, names, true)).ToArray();
                universe.Add($"{name} {text}", RandomPython(random), RandomTags(random), random.Next(14) == 0, requires);
            }
        }

        var requests = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Requirement.Parse(RandomRequirement(random, names, false))).ToList();
        return (universe, requests);
    }

    private static string RandomRequirement(Random random, string[] names, bool canNameExtra)
    {
        var name = names[random.Next(names.Length)] + (random.Next(5) == 0 ? "[x]" : "");
        var version = random.Next(1, 4);
        var specifier = random.Next(12) switch
        {
            0 => $"=={version}.0",
            1 or 2 => $">={Math.Min(version, 2)}.0",
            3 or 4 => $"<{version + 1}.0",
            5 => $"!={version}.0",
            _ => "",
        };
        var marker = random.Next(canNameExtra ? 9 : 6) switch
        {
            0 => " ; sys_platform == 'win32'",
            1 => " ; python_version < '3.12'",
            2 => " ; sys_platform == 'linux' and python_version >= '3.12'",
            6 or 7 => " ; extra == 'x'",
            8 => " ; extra == 'x' and sys_platform == 'win32'",
            _ => "",
        };
        return name + specifier + marker;
    }

    private static string? RandomPython(Random random) => random.Next(10) switch
    {
        0 => ">=3.12",
        1 => "<3.12",
        _ => null,
    };

    private static string[] RandomTags(Random random) => random.Next(16) switch
    {
        0 => ["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-win_amd64"],
        1 => ["py3-none-win_amd64"],
        2 => ["cp311-abi3-manylinux_2_17_x86_64", "py3-none-win_amd64"],
        3 => ["sdist"],
        _ => ["py3-none-any"],
    };
}
