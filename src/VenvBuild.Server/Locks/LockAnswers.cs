using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// The answers that were given last, in memory, by the SHA-256 of the request's bytes: who asks the same in the same words is answered
/// without reading them. What does not fit pushes out what came first.
/// </summary>
internal sealed class LockAnswers(TimeProvider clock)
{
    private const long MaxBytes = 64 << 20;

    // What an entry takes besides the lock itself, roughly.
    private const long Overhead = 1024;

    private readonly ConcurrentDictionary<Sha256Digest, LockAnswerBytes> _answers = new();
    private readonly ConcurrentQueue<(Sha256Digest Request, LockAnswerBytes Answer)> _order = new();
    private long _bytes;

    public LockAnswerBytes? Find(Sha256Digest request) =>
        _answers.TryGetValue(request, out var answer) && answer.FreshUntil > clock.GetUtcNow() ? answer : null;

    public void Keep(Sha256Digest request, LockAnswerBytes answer)
    {
        _answers[request] = answer;
        _order.Enqueue((request, answer));
        Interlocked.Add(ref _bytes, answer.Content.Length + Overhead);
        while (Volatile.Read(ref _bytes) > MaxBytes && _order.TryDequeue(out var first))
        {
            // Only if it was not renewed since.
            _answers.TryRemove(new(first.Request, first.Answer));
            Interlocked.Add(ref _bytes, -(first.Answer.Content.Length + Overhead));
        }
    }

    /// <summary>Forgets all; for tests.</summary>
    internal void Clear() => _answers.Clear();
}
