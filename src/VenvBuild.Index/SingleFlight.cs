using System.Collections.Concurrent;

namespace VenvBuild.Index;

/// <summary>One answer for each key, however many ask and whenever: who comes first begins the work, the others wait for it.</summary>
internal sealed class SingleFlight<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _answers = new();

    /// <summary>The answer. <paramref name="cancellationToken"/> ends the waiting, not the work.</summary>
    public ValueTask<TValue> GetAsync(TKey key, Func<TKey, Task<TValue>> work, CancellationToken cancellationToken)
    {
        if (!_answers.TryGetValue(key, out var answer))
            answer = _answers.GetOrAdd(key, new Lazy<Task<TValue>>(() => work(key)));
        var task = answer.Value;
        return new(task.IsCompleted ? task : task.WaitAsync(cancellationToken));
    }

    /// <summary>Waits until no work is under way, and sees its failures: whoever began it may have stopped waiting.</summary>
    public async Task DrainAsync()
    {
        foreach (var answer in _answers.Values)
            await ((Task)answer.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
