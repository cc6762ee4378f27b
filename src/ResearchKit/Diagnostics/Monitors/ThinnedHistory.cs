namespace ResearchKit.Diagnostics.Monitors;

/// <summary>A list that never grows beyond a limit: when it is full every second item is dropped, and from then on only every second,
/// fourth, ... new one is kept. The items stay evenly spaced over all that were added.</summary>
/// <param name="most">The limit, at least 2.</param>
internal sealed class ThinnedHistory<T>(int most)
{
    private readonly List<T> _items = [];
    private long _added;
    private int _thinning = 1;

    /// <summary>What is kept, in order; fewer than the limit.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Takes the next item, and keeps it where its turn is.</summary>
    public void Add(T item)
    {
        if (_added++ % _thinning != 0)
        {
            return;
        }

        _items.Add(item);
        if (_items.Count == most)
        {
            _thinning *= 2;
            var kept = _items.Where((_, i) => i % 2 == 0).ToList();
            _items.Clear();
            _items.AddRange(kept);
        }
    }
}
