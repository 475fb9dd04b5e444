namespace VenvBuild.Workspace;

/// <summary>Who says what an environment should consist of.</summary>
public enum EnvironmentVoucher
{
    /// <summary>Nobody but the environment itself.</summary>
    Nobody,

    /// <summary>The manifest's lock, which pins every wheel of it.</summary>
    Lock,

    /// <summary>Signatures of trusted keys over its description.</summary>
    Signature,
}
