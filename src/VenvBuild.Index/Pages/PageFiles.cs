using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>The files of one release of a page that were published in time.</summary>
internal sealed class PageFiles(EncodedPage page, int first, int end, long latestTicks, int count) : LazyFiles(count)
{
    /// <summary>Whether there is a wheel, without reading more than flags.</summary>
    public bool HasWheel
    {
        get
        {
            for (var file = first; file < end; file++)
            {
                if (page.IsWheel(file) && IsInTime(page, file, latestTicks))
                    return true;
            }

            return false;
        }
    }

    /// <summary>Whether a file was published in time; without a limit (<see cref="long.MaxValue"/>) every file was.</summary>
    public static bool IsInTime(EncodedPage page, int file, long latestTicks) =>
        latestTicks == long.MaxValue || (page.UploadTicks(file) is var ticks && ticks != EncodedPage.NoTime && ticks <= latestTicks);

    protected override IndexFile[] Make()
    {
        var files = new IndexFile[Count];
        var at = 0;
        for (var file = first; file < end; file++)
        {
            if (IsInTime(page, file, latestTicks))
                files[at++] = page.File(file);
        }

        return files;
    }
}
