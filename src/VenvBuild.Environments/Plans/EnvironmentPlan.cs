using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What an environment consists of, exactly: the wheels of one lock for one interpreter on one platform.</summary>
public sealed class EnvironmentPlan
{
    private EnvironmentKey? _key;

    /// <summary>Plans an environment. The wheels are put in order of their names, so that the same wheels make the same plan.</summary>
    /// <exception cref="ArgumentException">Two wheels are of one distribution.</exception>
    public EnvironmentPlan(Target target, IEnumerable<PlannedWheel> wheels, bool hasBytecode = false)
    {
        Target = target;
        HasBytecode = hasBytecode;
        var sorted = wheels.ToArray();
        Array.Sort(sorted, static (a, b) => a.Name.CompareTo(b.Name));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name)
                throw new ArgumentException($"Both {sorted[i - 1]} and {sorted[i]} are planned, and an environment holds one {sorted[i].Name}.", nameof(wheels));
        }

        Wheels = sorted;
    }

    /// <summary>Plans what a lock installs for an interpreter, decided from the lock alone (PEP 751).</summary>
    /// <param name="document">The lock.</param>
    /// <param name="interpreter">The interpreter, whose markers and tags choose.</param>
    /// <param name="extras">The extras that are asked for; null for none.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <param name="hasBytecode">Whether modules are compiled to bytecode beforehand.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that, or pins what is no wheel with a SHA-256.</exception>
    public static EnvironmentPlan Of(
        LockDocument document, Interpreter interpreter, IReadOnlyCollection<ExtraName>? extras = null, IReadOnlyCollection<ExtraName>? groups = null,
        bool hasBytecode = false)
    {
        var target = interpreter.ToTarget();
        var selected = LockSelection.Select(document, interpreter.Markers, target.Tags, extras, groups);
        return new(target, selected.Select(PlannedWheel.Of), hasBytecode) { Markers = interpreter.Markers };
    }

    /// <summary>Plans what a lock installs for a target that need not be here, decided from the lock alone (PEP 751).</summary>
    /// <param name="document">The lock.</param>
    /// <param name="target">The target; its platform's floor says which wheels will run.</param>
    /// <param name="python">The full version that markers see.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <param name="hasBytecode">Whether modules are compiled to bytecode beforehand.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that, or pins what is no wheel with a SHA-256.</exception>
    public static EnvironmentPlan Of(LockDocument document, Target target, PackageVersion python, IReadOnlyCollection<ExtraName>? groups = null, bool hasBytecode = false)
    {
        var markers = target.ToMarkerEnvironment(python);
        var selected = LockSelection.Select(document, markers, target.Tags, null, groups);
        return new(target, selected.Select(PlannedWheel.Of), hasBytecode) { Markers = markers };
    }

    /// <summary>As <see cref="Of(LockDocument, Interpreter, IReadOnlyCollection{ExtraName}?, IReadOnlyCollection{ExtraName}?, bool)"/>; pins that are no wheel are built.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="interpreter">The interpreter, whose markers and tags choose.</param>
    /// <param name="builds">Builds what is locked as a source.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <param name="hasBytecode">Whether modules are compiled to bytecode beforehand.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that, a build failed, or a pin has no SHA-256.</exception>
    public static Task<EnvironmentPlan> OfAsync(
        LockDocument document, Interpreter interpreter, ISourceBuilds builds, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode, CancellationToken cancellationToken) =>
        OfAsync(document, interpreter.ToTarget(), interpreter.Markers, interpreter, builds, groups, hasBytecode, cancellationToken);

    /// <summary>Plans what a lock installs for a target with one full version of Python; pins that are no wheel are built by an interpreter of this machine.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="target">The target; its platform's floor says which wheels will run.</param>
    /// <param name="python">The full version that markers see.</param>
    /// <param name="interpreter">An interpreter of that target.</param>
    /// <param name="builds">Builds what is locked as a source.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <param name="hasBytecode">Whether modules are compiled to bytecode beforehand.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that, a build failed, or a pin has no SHA-256.</exception>
    public static Task<EnvironmentPlan> OfAsync(
        LockDocument document, Target target, PackageVersion python, Interpreter interpreter, ISourceBuilds builds, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode,
        CancellationToken cancellationToken) =>
        OfAsync(document, target, target.ToMarkerEnvironment(python), interpreter, builds, groups, hasBytecode, cancellationToken);

    /// <summary>Plans as far as the lock has wheels; what has none for the target has to be built before the environment has a key.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="target">The target; its platform's floor says which wheels will run.</param>
    /// <param name="python">The full version that markers see.</param>
    /// <param name="groups">The dependency groups that are asked for; null for the lock's default ones.</param>
    /// <param name="hasBytecode">Whether modules are compiled to bytecode beforehand.</param>
    /// <exception cref="DiagnosticException">The lock does not serve that, or a wheel has no SHA-256.</exception>
    public static (EnvironmentPlan Wheels, IReadOnlyList<SelectedPackage> Sources) Split(
        LockDocument document, Target target, PackageVersion python, IReadOnlyCollection<ExtraName>? groups = null, bool hasBytecode = false)
    {
        var markers = target.ToMarkerEnvironment(python);
        var selected = LockSelection.Select(document, markers, target.Tags, null, groups);
        return (new(target, selected.Where(pin => pin.IsWheel).Select(PlannedWheel.Of), hasBytecode) { Markers = markers }, [.. selected.Where(pin => !pin.IsWheel)]);
    }

    /// <summary>The same with further wheels: those that were built.</summary>
    /// <exception cref="ArgumentException">Two wheels are of one distribution.</exception>
    public EnvironmentPlan With(IEnumerable<PlannedWheel> built) => new(Target, Wheels.Concat(built), HasBytecode) { Markers = Markers };

    /// <summary>What the environment is for.</summary>
    public Target Target { get; }

    /// <summary>The wheels, by name.</summary>
    public IReadOnlyList<PlannedWheel> Wheels { get; }

    /// <summary>Whether modules are compiled to bytecode beforehand.</summary>
    public bool HasBytecode { get; }

    /// <summary>What markers saw when it was planned from a lock; null where it was put together otherwise.</summary>
    internal MarkerEnvironment? Markers { get; init; }

    /// <summary>The same wheels without bytecode.</summary>
    public EnvironmentPlan WithoutBytecode() => new(Target, Wheels) { Markers = Markers };

    /// <summary>What tells this environment from every other.</summary>
    public EnvironmentKey Key => _key ??= EnvironmentKey.Of(this);

    private static async Task<EnvironmentPlan> OfAsync(
        LockDocument document, Target target, MarkerEnvironment markers, Interpreter interpreter, ISourceBuilds builds, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode,
        CancellationToken cancellationToken)
    {
        var wheels = new List<PlannedWheel>();
        foreach (var selected in LockSelection.Select(document, markers, target.Tags, null, groups))
        {
            var built = selected.IsWheel ? null : await builds.BuildAsync(selected, interpreter, cancellationToken).ConfigureAwait(false);
            wheels.Add(built is null ? PlannedWheel.Of(selected) : built with { Origin = DirectOrigin.Of(selected.Package) });
        }

        return new(target, wheels, hasBytecode) { Markers = markers };
    }
}
