using System.Globalization;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace.Tests;

/// <summary>Makes wrong locks, or wrong worlds, out of right ones.</summary>
/// <param name="Kind">What it does, a few words.</param>
/// <param name="IsCertain">Whether the result is wrong whatever the lock; else an oracle must say so.</param>
/// <param name="Codes">What it must be refused for: one of these codes, whatever else is found.</param>
/// <param name="Make">The wrong lock and, where the world was changed instead, the world; null where there is no place for it.</param>
internal sealed record LockMutation(
    string Kind, bool IsCertain, string[] Codes, Func<ProofWorld, LockDocument, Random, (LockDocument Document, IPackageSource Source)?> Make)
{
    private static readonly string[] Semantic =
    [
        VerificationCodes.MissingPin, VerificationCodes.UnmetRequirement, VerificationCodes.AmbiguousPin, VerificationCodes.UnneededPin,
        VerificationCodes.MarkerTooNarrow, VerificationCodes.MarkerTooWide, VerificationCodes.PythonRefused, VerificationCodes.NoFileForTarget,
    ];

    private static readonly string[] Files = [VerificationCodes.NotOffered, VerificationCodes.NeedlessFile];

    public static IReadOnlyList<LockMutation> All { get; } =
    [
        new("a pin moved", false, Semantic, MovePin),
        new("a pin dropped", true, Semantic, OnDocument((document, random) => Pick(document, random) is var gone ? document with { Packages = [.. document.Packages.Where(pin => pin != gone)] } : document)),
        new("a pin added", true, [VerificationCodes.UnneededPin], AddPin),
        new("a pin doubled", true, [VerificationCodes.DuplicatePin], OnDocument((document, random) => document with { Packages = [.. document.Packages, Pick(document, random)] })),
        new("a pin split in two versions", true, [VerificationCodes.AmbiguousPin], SplitPin),
        new("a marker widened", false, Semantic, OnPin((pin, _) => pin.Marker is null ? null : pin with { Marker = null })),
        new("a marker widened in part", false, Semantic, OnPin((pin, random) => pin.Marker is null ? null : pin with { Marker = Marker.Parse($"({pin.Marker}) or {RandomClause(random)}") })),
        new("a marker narrowed", false, Semantic, OnPin((pin, random) => pin with { Marker = Marker.Parse(pin.Marker is null ? RandomClause(random) : $"({pin.Marker}) and {RandomClause(random)}") })),
        new("a marker narrowed by one patch", false, Semantic, OnPin((pin, _) => pin with { Marker = Marker.Parse(pin.Marker is null ? "python_full_version != '3.11.4'" : $"({pin.Marker}) and python_full_version != '3.11.4'") })),
        new("a group's marker changed", false, Semantic, OnPin(ChangeGroup)),
        new("a marker that asks for an extra", true, Semantic, OnPin((pin, _) => pin with { Marker = Marker.Parse(pin.Marker is null ? "'x' in extras" : $"({pin.Marker}) and 'x' in extras") })),
        new("a digest changed", true, [VerificationCodes.DigestDiffers], OnFile((file, random) => file with { Hashes = LockedHashes.OfSha256(Flip(file.Hashes.Sha256!, random)) })),
        new("a second digest", true, [VerificationCodes.DigestDiffers], OnFile((file, _) => file with { Hashes = new([.. file.Hashes.Digests, new("md5", new string('0', 32))]) })),
        new("a size changed", true, [VerificationCodes.FileDiffers], OnFile((file, random) => file with { Size = file.Size + random.Next(1, 9) })),
        new("a size left out", true, [VerificationCodes.FileDiffers], OnFile((file, _) => file with { Size = null })),
        new("a time changed", true, [VerificationCodes.FileDiffers], OnFile((file, random) => file with { UploadTime = file.UploadTime!.Value.AddSeconds(random.Next(1, 9999)) })),
        new("an address changed", true, [VerificationCodes.FileDiffers], OnFile((file, _) => file with { Url = new($"https://elsewhere.test/{file.Name}") })),
        new("an index changed", true, [VerificationCodes.IndexDiffers], OnPin((pin, _) => pin with { Index = new("https://elsewhere.test/simple") })),
        new("an index left out", true, [VerificationCodes.IndexDiffers], OnPin((pin, _) => pin with { Index = null })),
        new("a file dropped", true, [VerificationCodes.OmittedFile], OnPin((pin, random) => pin.Wheels.Count < 2 ? null : random.Next(pin.Wheels.Count) is var gone ? pin with { Wheels = [.. pin.Wheels.Where((_, i) => i != gone)] } : null)),
        new("a file added", true, Files, AddFile),
        new("a source added", true, [VerificationCodes.SourceForbidden], AddSource),
        new("a pin's Pythons widened", true, [VerificationCodes.RequiresPythonDiffers], OnPin((pin, _) => pin.RequiresPython is null ? null : pin with { RequiresPython = null })),
        new("a pin's Pythons narrowed", true, [VerificationCodes.RequiresPythonDiffers], OnPin((pin, _) => pin with { RequiresPython = VersionSpecifiers.Parse(">=3.11.1,<3.12.7") })),
        new("the lock's Pythons changed", true, [VerificationCodes.DocumentDiffers], OnDocument((document, random) => document with { RequiresPython = random.Next(2) == 0 ? null : VersionSpecifiers.Parse(">=3.10,<3.13") })),
        new("an environment dropped", true, [VerificationCodes.TargetNotServed], OnDocument((document, random) => document with { Environments = [document.Environments![random.Next(2)]] })),
        new("all environments claimed", true, [VerificationCodes.ForeignTarget], OnDocument((document, _) => document with { Environments = null })),
        new("an environment added", true, [VerificationCodes.ForeignTarget], OnDocument((document, _) => document with { Environments = [.. document.Environments!, Marker.Parse("sys_platform == 'darwin'")] })),
        new("an environment narrowed", true, [VerificationCodes.TargetNotServed], OnDocument((document, _) => document with { Environments = [Marker.Parse($"({document.Environments![0]}) and python_full_version != '3.12.1'"), document.Environments[1]] })),
        new("a dependency noted that is none", true, [VerificationCodes.DependenciesDiffer], OnPin((pin, _) => pin with { Dependencies = [.. pin.Dependencies ?? [], new(PackageName.Parse("gnu"))] })),
        new("a dependency left out", true, [VerificationCodes.DependenciesDiffer], OnPin((pin, _) => pin.Dependencies is not { Count: > 0 } all ? null : pin with { Dependencies = [.. all.Skip(1)] })),
        new("other requests noted", true, [VerificationCodes.RequestsDiffer], OnDocument((document, _) => document with { Provenance = document.Provenance! with { Requests = [.. document.Provenance.Requests, "requirement: gnu"] } })),
        new("another digest of requests", true, [VerificationCodes.RequestsDiffer], OnDocument((document, random) => document with { Provenance = document.Provenance! with { RequestDigest = "sha256:" + Flip(document.Provenance.RequestDigest[7..], random) } })),
        new("no requests noted", true, [VerificationCodes.RequestsDiffer], OnDocument((document, _) => document with { Provenance = null })),
        new("a group added", true, [VerificationCodes.DocumentDiffers], OnDocument((document, _) => document with { DependencyGroups = [.. document.DependencyGroups ?? [], "docs"] })),
        new("a group on by default", true, [VerificationCodes.DocumentDiffers], OnDocument((document, _) => document with { DefaultGroups = ["test"] })),
        new("a bound violated", true, [VerificationCodes.UnmetRequirement], ViolateBound),
        new("a need forgotten", true, [VerificationCodes.MissingPin], ForgetNeed),
        new("a release yanked", true, [VerificationCodes.Yanked], YankPin),
        new("another index's files", true, [VerificationCodes.DigestDiffers], OtherFiles),
    ];

    private static Func<ProofWorld, LockDocument, Random, (LockDocument, IPackageSource)?> OnDocument(Func<LockDocument, Random, LockDocument> change) =>
        (world, document, random) => document.Packages.Count == 0 ? null : (change(document, random), world);

    private static Func<ProofWorld, LockDocument, Random, (LockDocument, IPackageSource)?> OnPin(Func<LockedPackage, Random, LockedPackage?> change) =>
        (world, document, random) =>
        {
            if (document.Packages.Count == 0)
                return null;
            var pin = Pick(document, random);
            return change(pin, random) is { } changed ? (With(document, pin, changed), world) : null;
        };

    private static Func<ProofWorld, LockDocument, Random, (LockDocument, IPackageSource)?> OnFile(Func<LockedFile, Random, LockedFile> change) =>
        OnPin((pin, random) =>
        {
            var at = random.Next(pin.Wheels.Count);
            return pin with { Wheels = [.. pin.Wheels.Select((file, i) => i == at ? change(file, random) : file)] };
        });

    private static LockedPackage Pick(LockDocument document, Random random) => document.Packages.Count == 0 ? null! : document.Packages[random.Next(document.Packages.Count)];

    private static LockDocument With(LockDocument document, LockedPackage pin, params LockedPackage[] changed) =>
        document with { Packages = [.. document.Packages.SelectMany(other => ReferenceEquals(other, pin) ? changed : [other])] };

    private static (LockDocument, IPackageSource)? MovePin(ProofWorld world, LockDocument document, Random random)
    {
        if (document.Packages.Count == 0)
            return null;
        var pin = Pick(document, random);
        var others = world.Releases(pin.Name).Where(release => !release.Version.Equals(pin.Version)).ToList();
        return others.Count == 0 ? null : (With(document, pin, world.Pin(others[random.Next(others.Count)], pin.Marker) with { Dependencies = pin.Dependencies }), world);
    }

    private static (LockDocument, IPackageSource)? AddPin(ProofWorld world, LockDocument document, Random random)
    {
        var pinned = document.Packages.Select(pin => pin.Name).ToHashSet();
        var names = world.AllNames.Where(name => !pinned.Contains(name)).ToList();
        if (names.Count == 0)
            return null;
        var releases = world.Releases(names[random.Next(names.Count)]);
        return (document with { Packages = [.. document.Packages, world.Pin(releases[random.Next(releases.Count)], null)] }, world);
    }

    private static (LockDocument, IPackageSource)? SplitPin(ProofWorld world, LockDocument document, Random random)
    {
        if (document.Packages.Count == 0)
            return null;
        var pin = Pick(document, random);
        var other = world.Releases(pin.Name).FirstOrDefault(release => document.Packages.All(known => known.Name != pin.Name || !release.Version.Equals(known.Version)));
        return other is null ? null : (document with { Packages = [.. document.Packages, world.Pin(other, pin.Marker)] }, world);
    }

    private static LockedPackage? ChangeGroup(LockedPackage pin, Random random)
    {
        var text = pin.Marker?.ToString() ?? "";
        return random.Next(3) switch
        {
            0 when text.Contains("\"test\"", StringComparison.Ordinal) => pin with { Marker = Marker.Parse(text.Replace("\"test\"", "\"lint\"", StringComparison.Ordinal)) },
            1 when text.Contains("\"lint\"", StringComparison.Ordinal) => pin with { Marker = Marker.Parse(text.Replace("\"lint\"", "\"docs\"", StringComparison.Ordinal)) },
            _ => pin with { Marker = Marker.Parse(text.Length == 0 ? "'test' in dependency_groups" : $"({text}) and 'test' in dependency_groups") },
        };
    }

    private static (LockDocument, IPackageSource)? AddFile(ProofWorld world, LockDocument document, Random random)
    {
        foreach (var pin in document.Packages.OrderBy(_ => random.Next()))
        {
            var release = world.Releases(pin.Name).First(release => release.Version.Equals(pin.Version));
            var more = release.Files.FirstOrDefault(file => file.Wheel is not null && pin.Wheels.All(wheel => wheel.Name != file.FileName));
            var name = $"{pin.Name}-{pin.Version}-py2-none-any.whl";
            var file = more is not null && random.Next(2) == 0
                ? ProofWorld.Locked(more)
                : new() { Name = name, Url = new($"https://files.test/{name}"), Size = 1, Hashes = LockedHashes.OfSha256(new string('a', 64)), Wheel = WheelFileName.Parse(name) };
            return (With(document, pin, pin with { Wheels = [.. pin.Wheels, file] }), world);
        }

        return null;
    }

    private static (LockDocument, IPackageSource)? AddSource(ProofWorld world, LockDocument document, Random random)
    {
        if (document.Packages.Count == 0)
            return null;
        var pin = Pick(document, random);
        var release = world.Releases(pin.Name).First(release => release.Version.Equals(pin.Version));
        return (With(document, pin, pin with { Sdist = ProofWorld.Locked(release.Files.First(file => file.Sdist is not null)) }), world);
    }

    private static (LockDocument, IPackageSource)? ViolateBound(ProofWorld world, LockDocument document, Random random) =>
        Alter(world, document, random, (metadata, needed) => [.. metadata.RequiresDist, Requirement.Parse($"{needed.Name}!={needed.Version}")]);

    private static (LockDocument, IPackageSource)? ForgetNeed(ProofWorld world, LockDocument document, Random random) =>
        Alter(world, document, random, (metadata, _) => [.. metadata.RequiresDist, Requirement.Parse("gnu")]);

    /// <summary>Has a pin ask for more than the lock was made for, of another pin that counts wherever it does.</summary>
    private static (LockDocument, IPackageSource)? Alter(
        ProofWorld world, LockDocument document, Random random, Func<CoreMetadata, LockedPackage, IReadOnlyList<Requirement>> change)
    {
        var always = document.Packages.Where(pin => pin.Marker is null && !world.Manifest.Exclude.Contains(pin.Name)
            && world.Manifest.Overrides.All(entry => entry.Requirement.Name != pin.Name)).ToList();
        if (always.Count < 2)
            return null;
        var (pin, needed) = (always[random.Next(always.Count)], always[random.Next(always.Count)]);
        return (document, new AlteredWorld(world) { Name = pin.Name, Version = pin.Version, Change = metadata => change(metadata, needed) });
    }

    private static (LockDocument, IPackageSource)? YankPin(ProofWorld world, LockDocument document, Random random)
    {
        var free = document.Packages.Where(pin => !IsAskedExactly(world, pin)).ToList();
        if (free.Count == 0)
            return null;
        var pin = free[random.Next(free.Count)];
        return (document, new AlteredWorld(world) { Name = pin.Name, Version = pin.Version, Yanks = true });
    }

    private static bool IsAskedExactly(ProofWorld world, LockedPackage pin) =>
        world.Manifest.Requirements.Concat(world.Manifest.Groups.SelectMany(group => group.Requirements)).Concat(world.Manifest.Overrides)
            .Any(request => request.Requirement.Name == pin.Name && request.Requirement.Specifiers.ToString().Contains("==", StringComparison.Ordinal));

    private static (LockDocument, IPackageSource)? OtherFiles(ProofWorld world, LockDocument document, Random random)
    {
        if (document.Packages.Count == 0)
            return null;
        var pin = Pick(document, random);
        return (document, new AlteredWorld(world) { Name = pin.Name, Version = pin.Version, Exchanges = true });
    }

    private static string RandomClause(Random random) => random.Next(4) switch
    {
        0 => "sys_platform == 'win32'",
        1 => "sys_platform == 'linux'",
        2 => "python_version < '3.12'",
        _ => "python_full_version >= '3.11.4'",
    };

    private static string Flip(string hex, Random random)
    {
        var digits = hex.ToCharArray();
        var at = random.Next(digits.Length);
        digits[at] = (15 - int.Parse(digits[at].ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString("x", CultureInfo.InvariantCulture)[0];
        return new(digits);
    }
}
