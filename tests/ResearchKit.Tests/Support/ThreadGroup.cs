using ResearchKit.Runtime;

namespace ResearchKit.Support;

/// <summary>Threads in the places of processes that train together. They share the global random generator, which nothing that is compared
/// may draw from then.</summary>
internal sealed class ThreadGroup : ProcessGroup
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // a group that waits for one of its own is a failed test

    private readonly Meeting _meeting;

    private ThreadGroup(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public override int Rank { get; }

    public override int Count => _meeting.Given.Length;

    /// <summary>Does a work in all of them; what the first to fail throws is thrown.</summary>
    public static T[] Run<T>(int count, Func<ProcessGroup, T> work)
    {
        using var meeting = new Meeting(count);
        var (results, failures) = (new T[count], new List<Exception>());
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadGroup(meeting, rank));
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }

                meeting.End.Cancel();
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return failures.Count == 0 ? results : throw new AggregateException(failures);
    }

    /// <summary>The groups alone, for what asks for nothing but the rank and the count.</summary>
    public static ProcessGroup[] Of(int count)
    {
        var meeting = new Meeting(count);
        return [.. Enumerable.Range(0, count).Select(rank => new ThreadGroup(meeting, rank))];
    }

    public override void Sum(Span<float> values)
    {
        var all = Exchange(values);
        values.Clear();
        foreach (var part in all)
        {
            for (var i = 0; i < part.Length; i++)
            {
                values[i] += part[i];
            }
        }
    }

    public override void Sum(Span<double> values)
    {
        var all = Exchange(values);
        values.Clear();
        foreach (var part in all)
        {
            for (var i = 0; i < part.Length; i++)
            {
                values[i] += part[i];
            }
        }
    }

    public override void Broadcast(Span<byte> bytes, int from = 0) => Exchange(bytes)[from].CopyTo(bytes);

    // What each has given.
    private T[][] Exchange<T>(Span<T> own)
    {
        _meeting.Given[Rank] = own.ToArray();
        _meeting.Wait();
        T[][] all = [.. _meeting.Given.Select(g => (T[])g)];
        _meeting.Wait(); // before anybody gives something else
        return all;
    }

    private sealed class Meeting(int count) : IDisposable
    {
        private readonly Barrier _barrier = new(count);

        public Array[] Given { get; } = new Array[count];

        public CancellationTokenSource End { get; } = new();

        public void Wait()
        {
            if (!_barrier.SignalAndWait(Patience, End.Token))
            {
                throw new TimeoutException("A thread of the group has not come.");
            }
        }

        public void Dispose()
        {
            _barrier.Dispose();
            End.Dispose();
        }
    }
}
