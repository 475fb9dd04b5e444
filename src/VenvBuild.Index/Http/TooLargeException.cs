namespace VenvBuild.Index;

/// <summary>More came than may come; caught where it is known what was asked for.</summary>
internal sealed class TooLargeException(long limit) : Exception
{
    public long Limit => limit;
}
