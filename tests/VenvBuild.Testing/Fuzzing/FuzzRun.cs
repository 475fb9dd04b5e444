using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace VenvBuild.Testing;

/// <summary>
/// Gives a reader many inputs: it must take each or refuse it with its own exception, come to an end, and allocate in proportion to what it
/// read. <c>VENVBUILD_FUZZ</c> sets how many inputs each reader gets; a few thousand when it is not set.
/// </summary>
public static class FuzzRun
{
    private const int Default = 2000;

    // An input is of a few kilobytes and is read in microseconds: one that takes so long never ends.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How many inputs each reader gets.</summary>
    public static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("VENVBUILD_FUZZ") ?? Default.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Whether it is a long run, for which more seeds are worth fetching.</summary>
    public static bool IsLong => Count > Default;

    /// <summary>Reads <see cref="Count"/> inputs.</summary>
    /// <param name="what">What is read, for the report.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="read">Reads one, and asserts what must hold of what was read; says whether it was taken.</param>
    /// <param name="isOwn">Whether an exception is one that the reader promises.</param>
    /// <param name="perByte">How many bytes may be allocated for each byte of an input, beside a mebibyte for each input.</param>
    public static async Task RunAsync(string what, FuzzInputs inputs, Func<byte[], bool> read, Func<Exception, bool> isOwn, int perByte = 2000)
    {
        var (current, taken, most, mostAt, length) = (0, 0, 0L, 0, 0L);
        var begin = Stopwatch.GetTimestamp();
        var work = Task.Factory.StartNew(
            () =>
            {
                for (var number = 0; number < Count; number++)
                {
                    Volatile.Write(ref current, number);
                    var input = inputs.Make(number);
                    length += input.Length;
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    try
                    {
                        if (read(input))
                            taken++;
                    }
                    catch (Exception e) when (isOwn(e))
                    {
                        Assert.False(string.IsNullOrWhiteSpace(e.Message));
                    }
                    catch (Exception e)
                    {
                        throw new InvalidOperationException($"Input {number} of {what}: {e}\n{Shown(input)}", e);
                    }

                    var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.True(allocated <= (1 << 20) + (long)perByte * input.Length, $"Input {number} of {what}, {input.Length} bytes, took {allocated} bytes of memory.\n{Shown(input)}");
                    if (allocated > most)
                        (most, mostAt) = (allocated, number);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (var (seen, since) = (-1, Stopwatch.GetTimestamp()); !work.IsCompleted;)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(200)));
            if (Volatile.Read(ref current) != seen)
                (seen, since) = (Volatile.Read(ref current), Stopwatch.GetTimestamp());
            else if (!Debugger.IsAttached && Stopwatch.GetElapsedTime(since) > Patience)
                Assert.Fail($"Input {seen} of {what} is being read for a minute.\n{Shown(inputs.Make(seen))}");
        }

        await work;
        // A reader that takes nothing, or everything, was not tried.
        Assert.True(taken > Count / 100 && taken < Count, $"{taken} of {Count} inputs of {what} were taken.");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {Count} inputs, {length >> 20} MiB, {taken} taken, {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s; most memory for one: {most >> 10} KiB (input {mostAt}); held at the end: {GC.GetTotalMemory(true) >> 20} MiB"));
    }

    private static string Shown(byte[] input) =>
        $"{Encoding.UTF8.GetString(input.AsSpan(0, Math.Min(input.Length, 2000)))}\nbase64: {Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 20_000)))}";
}
