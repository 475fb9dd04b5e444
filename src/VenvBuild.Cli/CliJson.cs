using System.Text.Json;
using System.Text.Json.Serialization;
using VenvBuild.Environments;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>The shapes of the verbs' results: the members of the outcome types in camel case, kinds and states as lower-case words.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(LockStateConverter), typeof(LockFindingKindConverter), typeof(BuildStateConverter), typeof(EnvironmentFindingKindConverter), typeof(EnvironmentVoucherConverter)])]
[JsonSerializable(typeof(IReadOnlyList<Explanation>))]
[JsonSerializable(typeof(InitOutcome))]
[JsonSerializable(typeof(KeyOutcome))]
[JsonSerializable(typeof(IReadOnlyList<KeyOutcome>))]
[JsonSerializable(typeof(PushOutcome))]
[JsonSerializable(typeof(IReadOnlyList<LockOutcome>))]
[JsonSerializable(typeof(LockOutcome))]
[JsonSerializable(typeof(SyncOutcome))]
[JsonSerializable(typeof(EditOutcome))]
[JsonSerializable(typeof(WhyOutcome))]
[JsonSerializable(typeof(TreeOutcome))]
[JsonSerializable(typeof(IReadOnlyList<OutdatedPin>))]
[JsonSerializable(typeof(VerifyOutcome))]
[JsonSerializable(typeof(VerifyEnvironmentOutcome))]
[JsonSerializable(typeof(ExportOutcome))]
[JsonSerializable(typeof(AuditOutcome))]
[JsonSerializable(typeof(PackOutcome))]
[JsonSerializable(typeof(IReadOnlyList<BuiltEnvironment>))]
[JsonSerializable(typeof(FoundPython))]
[JsonSerializable(typeof(IReadOnlyList<FoundPython>))]
[JsonSerializable(typeof(IReadOnlyList<DoctorFinding>))]
[JsonSerializable(typeof(IReadOnlyList<CacheFolderUsage>))]
[JsonSerializable(typeof(PruneOutcome))]
[JsonSerializable(typeof(IReadOnlyList<StoreDamage>))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Writes states as <c>up-to-date</c>.</summary>
    private sealed class LockStateConverter() : JsonStringEnumConverter<LockState>(JsonNamingPolicy.KebabCaseLower);

    /// <summary>Writes states as <c>cached</c>.</summary>
    private sealed class BuildStateConverter() : JsonStringEnumConverter<BuildState>(JsonNamingPolicy.KebabCaseLower);

    /// <summary>Writes kinds as <c>unproven</c>.</summary>
    private sealed class LockFindingKindConverter() : JsonStringEnumConverter<LockFindingKind>(JsonNamingPolicy.KebabCaseLower);

    /// <summary>Writes kinds as <c>added</c>.</summary>
    private sealed class EnvironmentFindingKindConverter() : JsonStringEnumConverter<EnvironmentFindingKind>(JsonNamingPolicy.KebabCaseLower);

    /// <summary>Writes vouchers as <c>signature</c>.</summary>
    private sealed class EnvironmentVoucherConverter() : JsonStringEnumConverter<EnvironmentVoucher>(JsonNamingPolicy.KebabCaseLower);
}
