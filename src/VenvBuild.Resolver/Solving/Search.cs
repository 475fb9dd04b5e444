using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>One attempt at all environments. It ends with an answer, a refusal, or environments that must be told apart first.</summary>
internal sealed class Search
{
    private readonly ResolutionRequest _request;
    private readonly EnvironmentTable _environments;
    private readonly PackageTable _table;
    private readonly SolveCounters _counters;
    private readonly List<Diagnostic> _warnings = [];

    private readonly IPackageSource _source;

    public Search(ResolutionRequest request, EnvironmentTable environments, IPackageSource source, SolveCounters counters)
    {
        _request = request;
        _source = source;
        _environments = environments;
        _table = new(request, environments, source);
        _counters = counters;
    }

    /// <summary>The environments to begin anew with, after an attempt without an answer.</summary>
    public IReadOnlyList<ResolutionEnvironment> NextEnvironments => _environments.Split();

    public async Task<Resolution?> RunAsync(CancellationToken cancellationToken)
    {
        await _table.AddRootAsync(cancellationToken).ConfigureAwait(false);
        var answers = new List<(EnvironmentAnswer Answer, int Reorderings)>();
        UInt128 open = _environments.All, unserved = 0;
        while (true)
        {
            if (open == 0)
            {
                // Where turns changed since, what was answered before is asked again: else environments that could have the same would
                // differ for no reason but their order. It ends, for a turn changes twice at most.
                foreach (var outdated in answers.Where(known => known.Reorderings != _counters.Reorderings))
                    open |= outdated.Answer.Environments;
                if (open == 0)
                    break;
                answers.RemoveAll(known => known.Reorderings != _counters.Reorderings);
            }

            var environment = open.First();
            var solve = new EnvironmentSolve(_table, environment, _counters);
            _counters.Solves++;
            var failure = await solve.RunAsync(cancellationToken).ConfigureAwait(false);
            if (_environments.NeedsSplit)
                return null;
            if (failure is not null)
            {
                var failed = failure.Environments & open;
                unserved |= await FailAsync(failure, failed, cancellationToken).ConfigureAwait(false);
                open &= ~failed;
                continue;
            }

            var alike = solve.Alike & open;
            answers.Add((new(environment, alike, _table.Root, [.. solve.Decisions]), _counters.Reorderings));
            open &= ~alike;
        }

        return new ResolutionMerge(_request, _table, _warnings, _counters).Merge([.. answers.Select(known => known.Answer)], unserved);
    }

    /// <summary>What must be served fails the whole search; what need not is left out, with a warning, and given back.</summary>
    private async Task<UInt128> FailAsync(Incompatibility failure, UInt128 failed, CancellationToken cancellationToken)
    {
        var required = failed.Members().Where(i => _environments.Environments[i].IsRequired).ToList();
        if (required.Count > 0)
        {
            var remedies = _request.SeeksRemedies ? new RemedySearch(_request, _source) : null;
            throw await Refusal.OfAsync(failure, required, _table, remedies, cancellationToken).ConfigureAwait(false);
        }

        foreach (var i in failed.Members())
        {
            _warnings.Add(Diagnostic.Warning(
                ResolverCodes.NotServed,
                $"{_environments.Environments[i].Label} cannot be served and is left out of the lock.",
                remedy: "Give 'python' an upper bound to say that it need not be.",
                detail: Refusal.Derivation(failure, [i], _table)));
        }

        return failed;
    }
}
