using System.Text.Json;
using System.Text.Json.Serialization;

namespace VenvBuild.Remote;

/// <summary>How the contract's records travel: camel case, absent rather than null.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(LockRequest))]
[JsonSerializable(typeof(EnvironmentRequest))]
[JsonSerializable(typeof(EnvironmentStatus))]
[JsonSerializable(typeof(IReadOnlyList<EnvironmentStatusCheck>))]
[JsonSerializable(typeof(LayerList))]
[JsonSerializable(typeof(StaticTree))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ServerProblem))]
internal sealed partial class RemoteJson : JsonSerializerContext;
