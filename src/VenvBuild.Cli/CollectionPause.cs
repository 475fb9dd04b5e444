namespace VenvBuild.Cli;

/// <summary>
/// Puts off the first garbage collection. Most runs end before they have allocated this much, and what they hold is needed to the end: a
/// collection would only move it about. Beyond it, collections are as always.
/// </summary>
internal static class CollectionPause
{
    private const long Bytes = 64L << 20;

    public static void Begin()
    {
        try
        {
            GC.TryStartNoGCRegion(Bytes);
        }
        catch (ArgumentOutOfRangeException)
        {
            // A heap that may not grow so far (a container's limit) collects as always.
        }
    }
}
