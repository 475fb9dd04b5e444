using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

/// <summary>
/// Proving against random worlds: no right lock is refused and no wrong one passes. <c>VENVBUILD_UNIVERSES</c> sets how many worlds are
/// tried; 120 when it is not set.
/// </summary>
public sealed class WrongLocks
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("VENVBUILD_UNIVERSES") ?? "120", CultureInfo.InvariantCulture);

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_lock_is_proven_and_each_wrong_one_made_of_it_is_refused()
    {
        var (right, wrong) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var seed = 0; seed < Count; seed++)
        {
            var world = ProofWorld.Make(new(seed));
            if (await world.LockAsync(Stop) is not { } document)
                continue;
            var proof = await world.ProveAsync(document, Stop);
            Assert.True(proof.IsProven, $"World {seed}: a right lock was refused.\n{Shown(proof)}\n{LockWriter.WriteText(document)}");
            right++;
            var oracle = new LockOracle(world);
            Assert.False(oracle.Refuses(document), $"World {seed}: the oracle refuses a right lock.\n{LockWriter.WriteText(document)}");
            var random = new Random(seed);
            foreach (var mutation in LockMutation.All)
            {
                if (mutation.Make(world, document, random) is not { } mutant || (!mutation.IsCertain && !oracle.Refuses(mutant.Document)))
                    continue;
                var verdict = await world.ProveAsync(mutant.Document, Stop, mutant.Source);
                Assert.True(
                    verdict.Findings.Any(finding => mutation.Codes.Contains(finding.Code)),
                    $"World {seed}: a lock was not refused for {mutation.Kind}.\n{Shown(verdict)}\n{LockWriter.WriteText(mutant.Document)}");
                Assert.All(verdict.Findings, finding => Assert.False(finding.Remedy.Length == 0 || finding.Message.Length == 0));
                wrong[mutation.Kind] = wrong.GetValueOrDefault(mutation.Kind) + 1;
            }
        }

        // Mutations that found no place would prove nothing.
        Assert.True(right > Count / 3, $"{right} right locks");
        Assert.All(LockMutation.All, mutation => Assert.True(wrong.GetValueOrDefault(mutation.Kind) > Count / 50, $"{mutation.Kind}: {wrong.GetValueOrDefault(mutation.Kind)}"));
        Assert.True(wrong.Values.Sum() >= 8 * Count, $"{wrong.Values.Sum()} wrong locks");
        TestContext.Current.TestOutputHelper?.WriteLine($"{right} right, {wrong.Values.Sum()} wrong: {string.Join(", ", wrong)}");
    }

    private static string Shown(LockProof proof) => string.Join('\n', proof.Findings.Select(finding => finding.ToDiagnostic().ToString()));
}
