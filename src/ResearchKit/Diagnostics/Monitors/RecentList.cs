namespace ResearchKit.Diagnostics.Monitors;

/// <summary>A list of the last items only.</summary>
/// <param name="most">How many, at least 1.</param>
internal sealed class RecentList<T>(int most)
{
    private readonly List<T> _items = [];

    /// <summary>The last items, in order.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Takes the next item; the oldest goes when there are too many.</summary>
    public void Add(T item)
    {
        _items.Add(item);
        if (_items.Count > most)
        {
            _items.RemoveAt(0);
        }
    }
}
