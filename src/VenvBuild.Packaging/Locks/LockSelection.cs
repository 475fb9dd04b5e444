namespace VenvBuild.Packaging;

/// <summary>
/// What a lock installs in one environment (PEP 751, "Installation"), decided from the lock alone: never by what happens to be reachable.
/// </summary>
public static class LockSelection
{
    /// <summary>The pins that count in an environment, in the lock's order, each with its best wheel, else its sdist.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="environment">The interpreter's marker values.</param>
    /// <param name="tags">The tags of the wheels that it can use.</param>
    /// <param name="extras">The extras that are asked for; null for none.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that; all reasons are listed.</exception>
    public static IReadOnlyList<SelectedPackage> Select(
        LockDocument document,
        MarkerEnvironment environment,
        SupportedTags tags,
        IReadOnlyCollection<ExtraName>? extras = null,
        IReadOnlyCollection<ExtraName>? groups = null) =>
        Select(document, environment, tags.Rank, extras, groups);

    internal static IReadOnlyList<SelectedPackage> Select(
        LockDocument document,
        MarkerEnvironment environment,
        Func<WheelTagSet, int?> rank,
        IReadOnlyCollection<ExtraName>? extras,
        IReadOnlyCollection<ExtraName>? groups)
    {
        var problems = new List<Diagnostic>();
        var extraSet = (extras ?? []).ToHashSet();
        var groupSet = groups?.ToHashSet() ?? Names(document.DefaultGroups);
        CheckAsked(document, extraSet, groups, problems);
        var python = PackageVersion.Parse(environment.PythonFullVersion);
        if (document.RequiresPython is { } range && !range.Contains(python))
        {
            problems.Add(Diagnostic.Error(
                LockCodes.PythonNotServed,
                $"The lock serves Python {range}; this one is {python}.",
                remedy: "Use another Python (--python), or widen 'python' in the manifest and run 'dotnet pyenv lock'."));
        }

        if (document.Environments is { } environments && !environments.Any(marker => marker.Evaluate(environment, extraSet, groupSet)))
        {
            problems.Add(Diagnostic.Error(
                LockCodes.EnvironmentNotServed,
                $"The lock serves none like this: {Describe(environment)}.",
                remedy: "Declare this platform under 'platforms' in the manifest and run 'dotnet pyenv lock'.",
                detail: environments.Count == 0 ? null : "It serves: " + string.Join(" | ", environments)));
        }

        // What is not served at all would only repeat itself for every pin.
        var selected = problems.Count > 0 ? [] : SelectPackages(document, environment, rank, extraSet, groupSet, python, problems);
        return problems.Count > 0 ? throw new DiagnosticException(ExitCode.Unsatisfiable, problems) : selected;
    }

    private static List<SelectedPackage> SelectPackages(
        LockDocument document,
        MarkerEnvironment environment,
        Func<WheelTagSet, int?> rank,
        HashSet<ExtraName> extras,
        HashSet<ExtraName> groups,
        PackageVersion python,
        List<Diagnostic> problems)
    {
        var selected = new List<SelectedPackage>(document.Packages.Count);
        var byName = new Dictionary<PackageName, LockedPackage>(document.Packages.Count);
        foreach (var package in document.Packages)
        {
            if (package.Marker is { } marker && !marker.Evaluate(environment, extras, groups))
                continue;
            if (package.RequiresPython is { } range && !range.Contains(python))
            {
                problems.Add(Diagnostic.Error(
                    LockCodes.PackagePythonNotServed,
                    $"{Name(package)} runs on Python {range}; this one is {python}.",
                    package.Location,
                    "Use another Python (--python), or make the lock again for this one."));
            }
            else if (!byName.TryAdd(package.Name, package))
            {
                problems.Add(Diagnostic.Error(
                    LockCodes.AmbiguousPackage,
                    $"{Name(byName[package.Name])} and {Name(package)} both count here: {Describe(environment)}.",
                    package.Location,
                    "The lock is wrong; run 'dotnet pyenv lock' to write it again."));
            }
            else if (Choose(package, rank, environment, problems) is { } choice)
            {
                selected.Add(choice);
            }
        }

        return selected;
    }

    private static SelectedPackage? Choose(LockedPackage package, Func<WheelTagSet, int?> rank, MarkerEnvironment environment, List<Diagnostic> problems)
    {
        if (package.Vcs is not null || package.Directory is not null)
            return new(package, null);
        if (package.Archive is { } archive)
        {
            if (archive.ToWheel() is not { } wheel)
                return new(package, null);
            if (rank(wheel.Wheel!.Tags) is not null)
                return new(package, wheel);
        }
        else if ((BestWheel(package.Wheels, rank) ?? package.Sdist) is { } file)
        {
            return new(package, file);
        }

        problems.Add(Diagnostic.Error(
            LockCodes.NoFittingFile,
            $"{Name(package)} has no wheel in the lock for this: {Describe(environment)}; nor has it an sdist.",
            package.Location,
            "Declare this platform and Python in the manifest and run 'dotnet pyenv lock', which takes a version that has one.",
            package.Wheels.Count == 0 ? null : string.Join('\n', package.Wheels.Select(wheel => $"  {wheel.Name}"))));
        return null;
    }

    /// <summary>The wheel of the best tag; of several, the one of the highest build, then the first by name.</summary>
    private static LockedFile? BestWheel(IReadOnlyList<LockedFile> wheels, Func<WheelTagSet, int?> rank)
    {
        LockedFile? best = null;
        var bestRank = 0;
        foreach (var wheel in wheels)
        {
            if (wheel.Wheel is not { } name || rank(name.Tags) is not { } own)
                continue;
            if (best is null || own < bestRank || (own == bestRank && IsLaterBuild(wheel, best)))
                (best, bestRank) = (wheel, own);
        }

        return best;
    }

    private static bool IsLaterBuild(LockedFile wheel, LockedFile other)
    {
        // A wheel without a build tag is below those with one (PEP 427).
        var order = Nullable.Compare(wheel.Wheel!.Build, other.Wheel!.Build);
        return order > 0 || (order == 0 && string.CompareOrdinal(wheel.Name, other.Name) < 0);
    }

    private static void CheckAsked(LockDocument document, HashSet<ExtraName> extras, IReadOnlyCollection<ExtraName>? groups, List<Diagnostic> problems)
    {
        foreach (var extra in extras.Where(extra => document.Extras?.Contains(extra) != true).Order())
            problems.Add(Unknown("extra", extra, document.Extras?.Select(known => known.Value)));
        // Default groups need no declaration, and yet may be asked for by name.
        var known = Names([.. document.DependencyGroups ?? [], .. document.DefaultGroups]);
        foreach (var group in (groups ?? []).Where(group => !known.Contains(group)).Order())
            problems.Add(Unknown("group", group, document.DependencyGroups));
    }

    private static Diagnostic Unknown(string what, ExtraName name, IEnumerable<string>? known)
    {
        var names = known is null ? "" : string.Join(", ", known);
        return Diagnostic.Error(
            LockCodes.UnknownExtraOrGroup,
            $"The lock has no {what} '{name}'.",
            remedy: names.Length == 0 ? $"It has no {what}s at all." : $"It has: {names}.");
    }

    private static HashSet<ExtraName> Names(IEnumerable<string> texts)
    {
        var names = new HashSet<ExtraName>();
        foreach (var text in texts)
        {
            // A group's name that has no normal form can match no marker either.
            if (ExtraName.TryParse(text, out var name))
                names.Add(name);
        }

        return names;
    }

    private static string Name(LockedPackage package) => package.Version is { } version ? $"{package.Name} {version}" : package.Name.Value;

    private static string Describe(MarkerEnvironment environment) =>
        $"{environment.PlatformPythonImplementation} {environment.PythonFullVersion} on {environment.SysPlatform} {environment.PlatformMachine}";
}
