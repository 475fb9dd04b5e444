using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// An environment's description: what it is for and which layers it consists of, by digest. With its layers it is the environment,
/// wherever it goes; a signature over its bytes covers everything. Read from elsewhere, it has been checked: its key is the one that
/// its wheels, target and options make, and it is written in the one way that such a description is written.
/// </summary>
public sealed class EnvironmentManifest
{
    /// <summary>The version of the format, which a reader knows or refuses.</summary>
    public const int Format = 1;

    /// <summary>The size in bytes that a description may have.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>How many layers an environment may have.</summary>
    public const int MaxLayers = 20_000;

    private readonly EnvironmentPlan _plan;

    /// <summary>Describes a plan by its layers.</summary>
    /// <param name="plan">The plan; where its wheels are is not recorded.</param>
    /// <param name="layers">The layers in any order: one of each wheel, and of those that have bytecode one more.</param>
    /// <exception cref="ArgumentException">The layers are not those of the plan's wheels.</exception>
    public EnvironmentManifest(EnvironmentPlan plan, IEnumerable<LayerReference> layers)
    {
        _plan = plan;
        var sorted = layers.ToArray();
        Array.Sort(sorted, static (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : a.Wheel.Name.CompareTo(b.Wheel.Name));
        Layers = sorted;
        if (Objection() is { } objection)
            throw new ArgumentException(objection, nameof(layers));
    }

    /// <summary>What tells this environment from every other.</summary>
    public EnvironmentKey Key => _plan.Key;

    /// <summary>What it is for. The platform's floor is not part of it: the wheels' tags say on which systems they run.</summary>
    public Target Target => _plan.Target;

    /// <summary>Whether modules are compiled beforehand: by the builder, where bytecode layers are there, else by who installs.</summary>
    public bool HasBytecode => _plan.HasBytecode;

    /// <summary>The layers: of wheels by name, then of bytecode by name.</summary>
    public IReadOnlyList<LayerReference> Layers { get; }

    /// <summary>The digest of the lock that it was planned from, or null. Not part of the key: two locks may agree on a target.</summary>
    public Sha256Digest? Lock { get; init; }

    /// <summary>The interpreter that is carried along for machines that have none, or null. Not part of the key: any that fits will do.</summary>
    public LayerReference? Interpreter
    {
        get;
        init => field = value is null || IsInterpreterOf(value) ? value : throw new ArgumentException($"{value} is no interpreter for {Target}", nameof(value));
    }

    /// <summary>Where it came from, or null where nobody says.</summary>
    public EnvironmentProvenance? Provenance { get; init; }

    /// <summary>The plan that it answers: these wheels for this target.</summary>
    public EnvironmentPlan ToPlan() => _plan;

    /// <summary>The canonical bytes: the same content makes the same bytes on every machine.</summary>
    public byte[] ToUtf8Bytes() => EnvironmentManifestFile.Write(this);

    /// <summary>Reads a description strictly: a version, member, order or spelling that is not this format's own is refused.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="source">Where they came from, for the error.</param>
    /// <exception cref="DiagnosticException">It cannot be read, or does not describe what it says.</exception>
    public static EnvironmentManifest Read(ReadOnlySpan<byte> utf8, string source) => EnvironmentManifestFile.Read(utf8, source);

    /// <summary>All that a bundle of it carries: the layers, then the interpreter.</summary>
    internal IReadOnlyList<LayerReference> Parts => Interpreter is null ? Layers : [.. Layers, Interpreter];

    private bool IsInterpreterOf(LayerReference layer) =>
        layer.Kind == LayerKind.Interpreter && layer.Wheel.Name.Value == "python" && Target.Python.Versions.Contains(layer.Wheel.Version)
        && layer.Wheel.Text.Contains($"-{Target.Abi}-{Target.Abi}-", StringComparison.Ordinal) && Layers.All(other => other.Digest != layer.Digest);

    private string? Objection()
    {
        var wheels = Layers.TakeWhile(layer => layer.Kind == LayerKind.Wheel).ToArray();
        if (!wheels.Select(layer => layer.WheelSha256).SequenceEqual(_plan.Wheels.Select(wheel => wheel.Sha256)))
            return "its layers are not those of its wheels";
        if (!_plan.HasBytecode && Layers.Count > wheels.Length)
            return "it holds bytecode, and its options say that it has none";
        for (var i = wheels.Length; i < Layers.Count; i++)
        {
            var layer = Layers[i];
            if (layer.Kind != LayerKind.Bytecode)
                return "an interpreter is none of its layers";
            if (i > wheels.Length && layer.Wheel.Name == Layers[i - 1].Wheel.Name)
                return $"it holds the bytecode of {layer.Wheel.Name} twice";
            if (!Array.Exists(wheels, wheel => wheel.WheelSha256 == layer.WheelSha256 && wheel.Wheel.Equals(layer.Wheel)))
                return $"it holds the bytecode of {layer.Wheel}, and not that wheel";
        }

        return Layers.DistinctBy(layer => layer.Digest).Count() == Layers.Count ? null : "it names one layer twice";
    }
}
