namespace VenvBuild.Server;

/// <summary>
/// One piece of work for each key, however many wait for it. Who goes away stops waiting; the work stops when nobody waits any more. Unlike
/// a cache it forgets what has ended.
/// </summary>
internal sealed class SolveFlights<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    public async Task<T> JoinAsync(string key, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Flight flight;
        lock (_lock)
        {
            if (!_flights.TryGetValue(key, out flight!))
            {
                _flights[key] = flight = new();
                flight.Task = RunAsync(key, flight, work);
            }

            flight.Waiting++;
        }

        try
        {
            return await flight.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            var isLast = false;
            lock (_lock)
            {
                isLast = --flight.Waiting == 0;
                if (isLast && _flights.GetValueOrDefault(key) == flight)
                    _flights.Remove(key);
            }

            if (isLast)
                await flight.Stop.CancelAsync();
        }
    }

    private async Task<T> RunAsync(string key, Flight flight, Func<CancellationToken, Task<T>> work)
    {
        // Not under the lock: work may run a while before it first waits.
        await Task.Yield();
        try
        {
            return await work(flight.Stop.Token);
        }
        finally
        {
            lock (_lock)
            {
                if (_flights.GetValueOrDefault(key) == flight)
                    _flights.Remove(key);
            }
        }
    }

    private sealed class Flight
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task<T> Task { get; set; } = null!;

        public int Waiting { get; set; }
    }
}
