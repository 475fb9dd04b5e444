namespace VenvBuild.Resolver;

/// <summary>
/// The search for one environment: PubGrub. Conflicts are learnt as incompatibilities that say in which environments they hold, and stay
/// for the searches that follow.
/// </summary>
internal sealed class EnvironmentSolve(PackageTable table, int environment, SolveCounters counters)
{
    // Below this many refusals the order in which packages were met is as good as any.
    private const int RefusalsBeforeReordering = 5;

    private readonly PartialSolution _solution = new();
    private readonly List<Incompatibility> _added = [];

    // The packages of which more is known than was looked at.
    private readonly List<SolverPackage> _changed = [];
    private readonly UInt128 _bit = EnvironmentTable.Bit(environment);

    // By the id of a package, as below.
    private WatchList?[] _watched = new WatchList?[64];

    // By the id of a package: the place of the first request for it that holds here, counted from 1, or 0.
    private int[] _requestPlaces = [];

    /// <summary>The environments in which the search takes the same turns and so gives the same answer.</summary>
    public UInt128 Alike { get; private set; } = table.Environments.All;

    /// <summary>The releases decided on.</summary>
    public IEnumerable<(SolverPackage Package, int Version)> Decisions => _solution.Decisions.Where(decision => !decision.Package.IsRoot);

    /// <summary>Searches; null when there is an answer, else the incompatibility that says that there is none.</summary>
    public async Task<Incompatibility?> RunAsync(CancellationToken cancellationToken)
    {
        _solution.Decide(table.Root, 0);
        var requests = table.Root.Dependencies(0)!;
        Follow(requests);
        PlaceRequests(requests);
        _changed.Add(table.Root);
        while (_changed.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Propagate() is { } failure)
                return failure;
            await DecideAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var (package, _) in _solution.Decisions)
            NarrowByConstraints(package);
        return null;
    }

    /// <summary>Unit propagation: derives all that follows; the failure when it follows that there is no answer.</summary>
    private Incompatibility? Propagate()
    {
        while (_changed.Count > 0)
        {
            var package = _changed[^1];
            _changed.RemoveAt(_changed.Count - 1);
            var watched = WatchedOf(package);
            for (var i = watched.Count - 1; i >= 0; i--)
            {
                var incompatibility = watched[i];
                if (incompatibility.IsReplaced)
                {
                    watched.RemoveAt(i);
                    continue;
                }

                var look = LookAt(incompatibility, out var falsifier);
                if (look == Look.Open)
                    continue;
                if (look == Look.Conflict)
                {
                    var learnt = Learn(incompatibility);
                    if (learnt.IsFailure)
                        return learnt;
                    LookAt(learnt, out falsifier);
                    _changed.Clear();
                    _changed.Add(falsifier!.Term.Package);
                    break;
                }

                watched.RemoveAt(i);
                falsifier?.PutToSleep(incompatibility, watched);
                if (look == Look.Unit && !_changed.Contains(falsifier!.Term.Package))
                    _changed.Add(falsifier.Term.Package);
            }
        }

        return null;
    }

    /// <summary>
    /// Looks at an incompatibility, and derives what follows from it. <paramref name="falsifier"/> is the step that makes it false, now or
    /// before; null when there is none, or when it was never true.
    /// </summary>
    private Look LookAt(Incompatibility incompatibility, out Assignment? falsifier)
    {
        falsifier = null;
        var terms = incompatibility.Terms;
        var open = -1;
        for (var i = 0; i < terms.Length; i++)
        {
            switch (_solution.Relation(terms[i]))
            {
                case SetRelation.Disjoint:
                    falsifier = _solution.Falsifier(terms[i]);
                    return Look.False;
                case SetRelation.Overlapping when open >= 0:
                    return Look.Open;
                case SetRelation.Overlapping:
                    open = i;
                    break;
            }
        }

        Alike &= incompatibility.Environments;
        if (open < 0)
            return Look.Conflict;
        falsifier = _solution.Derive(terms[open].Inverse, incompatibility);
        return Look.Unit;
    }

    private WatchList WatchedOf(SolverPackage package)
    {
        if (package.Id >= _watched.Length)
            Array.Resize(ref _watched, Math.Max(package.Id + 1, 2 * _watched.Length));
        var list = _watched[package.Id] ??= new(package, _bit);
        list.Refresh();
        return list;
    }

    /// <summary>Finds what a conflict comes from, goes back to where that could have been seen, and keeps the lesson.</summary>
    private Incompatibility Learn(Incompatibility conflict)
    {
        counters.Conflicts++;
        var incompatibility = conflict;
        while (!incompatibility.IsFailure)
        {
            var (recent, satisfier, level, difference) = MostRecent(incompatibility);
            if (level < satisfier.Level || satisfier.IsDecision)
            {
                _solution.Backtrack(level);
                if (!ReferenceEquals(incompatibility, conflict))
                    table.Attach(incompatibility);
                return incompatibility;
            }

            var cause = satisfier.Cause!;
            var terms = incompatibility.Terms.Where(term => term != recent)
                .Concat(cause.Terms.Where(term => !ReferenceEquals(term.Package, satisfier.Term.Package)));
            if (difference is { } rest)
                terms = terms.Append(rest.Inverse);
            incompatibility = new([.. terms], new Cause.Conflict(incompatibility, cause), incompatibility.Environments & cause.Environments);
        }

        return incompatibility;
    }

    /// <summary>
    /// The term that became true last, the step that made it so, the level at which all else was true, and, where the step alone does not
    /// make it true, what earlier steps had to add.
    /// </summary>
    private (Term Term, Assignment Satisfier, int PreviousLevel, Term? Difference) MostRecent(Incompatibility incompatibility)
    {
        Term recent = default;
        Assignment? satisfier = null;
        Term? difference = null;
        var level = 1;
        foreach (var term in incompatibility.Terms)
        {
            var step = _solution.Satisfier(term);
            if (satisfier is null || satisfier.Index < step.Index)
            {
                if (satisfier is not null)
                    level = Math.Max(level, satisfier.Level);
                (recent, satisfier) = (term, step);
                // What the step says beyond the term; where that is nothing, the step makes the term true by itself.
                var beyond = step.Term.Intersect(term.Inverse);
                difference = beyond.IsImpossible ? null : beyond;
                if (difference is { } rest)
                    level = Math.Max(level, _solution.Satisfier(rest.Inverse).Level);
            }
            else
            {
                level = Math.Max(level, step.Level);
            }
        }

        return (recent, satisfier!, level, difference);
    }

    /// <summary>Decides on one package more, or learns why not; nothing is changed when all are decided.</summary>
    private async ValueTask DecideAsync(CancellationToken cancellationToken)
    {
        if (NextTerm() is not { } term)
            return;
        var package = term.Package;
        _changed.Add(package);
        if (Choose(term) is not { } version)
        {
            AddUnavailable(package);
            return;
        }

        _added.Clear();
        var dependencies = await table.DependenciesAsync(package, version, _added, cancellationToken).ConfigureAwait(false);
        if (dependencies is null || IsRefused(package, version))
            return;
        counters.Decide(table.Progress, table.Count);
        foreach (var incompatibility in _added)
        {
            if ((incompatibility.Environments & _bit) != 0 && OtherTermsHold(incompatibility, package))
            {
                Refuse(package, incompatibility.Cause);
                return;
            }
        }

        Follow(dependencies);
        _solution.Decide(package, version);
    }

    private Term? NextTerm()
    {
        Term? best = null;
        (int, DecisionPriority, int, int) bestTurn = default;
        foreach (var term in _solution.Undecided)
        {
            var turn = Turn(term);
            if (best is not null && turn.CompareTo(bestTurn) >= 0)
                continue;
            (best, bestTurn) = (term, turn);
        }

        return best;
    }

    /// <summary>
    /// What has no choice comes first; then what the previous lock pins, so that nothing new is decided on that an old pin must give way to
    /// while another choice would have left it in place.
    /// </summary>
    private (int Freedom, DecisionPriority Priority, int Place, int Id) Turn(Term term)
    {
        var package = term.Package;
        var freedom = 2;
        if (term.Set.IsSingle)
            freedom = 0;
        else if (table.Availability.HasPreferences)
        {
            Alike &= table.Availability.SamePreference(package, environment);
            freedom = table.Availability.Preferred(package.Distribution, environment) is { } pin && term.Set.Contains(pin) ? 1 : 2;
        }

        // What is asked for elsewhere only is one of the others here, whenever it was met.
        var place = package.Id < _requestPlaces.Length && _requestPlaces[package.Id] is > 0 and var asked ? asked : int.MaxValue;
        return (freedom, package.Priority, place, package.Id);
    }

    private void PlaceRequests(IReadOnlyList<PackageDependency> requests)
    {
        _requestPlaces = new int[requests.Count == 0 ? 0 : requests.Max(request => request.Package.Id) + 1];
        for (var i = 0; i < requests.Count; i++)
        {
            ref var place = ref _requestPlaces[requests[i].Package.Id];
            if (place == 0 && requests[i].Environments.Has(environment))
                place = i + 1;
        }
    }

    private int? Choose(Term term)
    {
        var package = term.Package;
        var left = term.Set;
        // An extra follows its distribution, as far as that leaves it anything.
        if (package.Extra is not null && _solution.Known(package.Distribution) is { IsPositive: true } known && !known.Set.IsDisjointFrom(left))
            left = known.Set.Intersect(left);
        if (table.Availability.HasPreferences)
            Alike &= table.Availability.SamePreference(package, environment);
        foreach (var version in table.Availability.InOrder(package, left, AdmitsPreReleases(package.Distribution), environment))
        {
            var mask = table.Availability.Mask(package, version);
            Narrow(mask);
            if (mask.Has(environment))
                return version;
        }

        return null;
    }

    /// <summary>Whether a requirement that counts here names a pre-release, which admits them all (PEP 440 as packaging reads it since 2026).</summary>
    private bool AdmitsPreReleases(SolverPackage distribution)
    {
        if (!distribution.HasPreReleaseRequest)
            return false;
        foreach (var incompatibility in distribution.Incompatibilities)
        {
            if ((incompatibility.Environments & _bit) == 0)
                continue;
            var names = incompatibility.Cause switch
            {
                Cause.Constraint constraint => constraint.Requirement.Specifiers.NamesPreRelease,
                Cause.Dependency { Requirement: var dependency, Depender: var depender } =>
                    ReferenceEquals(dependency.Package, distribution)
                    && dependency.Requirement.Specifiers.NamesPreRelease
                    && _solution.Decided(depender) is { } decided
                    && incompatibility.Terms[0].Set.Contains(decided),
                _ => false,
            };
            if (names)
                return true;
        }

        return false;
    }

    private void AddUnavailable(SolverPackage package)
    {
        var members = new bool[package.Count];
        UInt128 available = 0;
        for (var i = 0; i < members.Length; i++)
        {
            var mask = table.Availability.Mask(package, i);
            members[i] = !mask.Has(environment);
            if (members[i])
                available |= mask;
        }

        var unavailable = table.Environments.All & ~available;
        table.Attach(new([Term.Positive(package, IndexSet.Of(members))], new Cause.Unavailable(environment), unavailable));
    }

    /// <summary>Whether something already says that the release cannot be used here, whatever else is.</summary>
    private bool IsRefused(SolverPackage package, int version)
    {
        foreach (var incompatibility in package.PythonRefusals)
        {
            if (!incompatibility.Terms[0].Set.Contains(version))
                continue;
            if ((incompatibility.Environments & _bit) != 0)
                return true;
            Alike &= ~incompatibility.Environments;
        }

        return false;
    }

    private bool OtherTermsHold(Incompatibility incompatibility, SolverPackage package)
    {
        foreach (var term in incompatibility.Terms)
        {
            if (!ReferenceEquals(term.Package, package) && _solution.Relation(term) != SetRelation.Subset)
                return false;
        }

        return true;
    }

    /// <summary>
    /// A release was chosen that needs what cannot be had of another package. Where that keeps happening, the refused package's turn comes
    /// earlier and the other's later, from before the other was decided on: a release of the other that is a little older may save going
    /// back a long way. It counts alike whether no release at all meets the need or only the one decided on does not: either would have been
    /// seen at once, had the refused package been first.
    /// </summary>
    private void Refuse(SolverPackage package, Cause cause)
    {
        if (cause is not Cause.Dependency { Requirement.Package: var inTheWay }
            || ReferenceEquals(inTheWay.Distribution, package.Distribution)
            || !table.Availability.MayDecideBefore(package, inTheWay))
            return;
        package.TimesRefused++;
        inTheWay.TimesInTheWay++;
        if (package.TimesRefused != RefusalsBeforeReordering && inTheWay.TimesInTheWay != RefusalsBeforeReordering)
            return;
        if (package.TimesRefused == RefusalsBeforeReordering)
            package.Priority = DecisionPriority.Early;
        if (inTheWay.TimesInTheWay == RefusalsBeforeReordering && inTheWay.Priority == DecisionPriority.AsMet)
            inTheWay.Priority = DecisionPriority.Late;
        counters.Reorderings++;
        if (_solution.LevelOf(inTheWay) is { } level)
            _solution.Backtrack(level - 1);
        _changed.Add(inTheWay);
    }

    private void Follow(IReadOnlyList<PackageDependency> dependencies)
    {
        foreach (var dependency in dependencies)
            Narrow(dependency.Environments);
    }

    private void NarrowByConstraints(SolverPackage package)
    {
        foreach (var incompatibility in package.Incompatibilities.Where(known => known.Cause is Cause.Constraint))
            Narrow(incompatibility.Environments);
    }

    /// <summary>Leaves of the environments that take the same turns those that something tells as it tells this one.</summary>
    private void Narrow(UInt128 environments) => Alike &= environments.Has(environment) ? environments : ~environments;
}
