namespace VenvBuild.Packaging;

/// <summary>How much of core metadata is kept.</summary>
public enum MetadataDetail
{
    /// <summary>What resolving and installing need.</summary>
    Resolving,

    /// <summary>The fields for people too: licence, summary, addresses and so on.</summary>
    Everything,
}
