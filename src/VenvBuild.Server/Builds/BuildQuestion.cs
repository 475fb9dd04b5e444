using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A request for an environment, understood: the lock with its bytes, and the exact plan that the key is made of.</summary>
internal sealed record BuildQuestion(LockDocument Document, byte[] Content, Sha256Digest LockDigest, EnvironmentPlan Plan, PackageVersion Python, IReadOnlyList<ExtraName>? Groups);
