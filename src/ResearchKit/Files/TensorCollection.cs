using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace ResearchKit.Files;

/// <summary>Tensors by name, as a file held them, in the order of their names. Disposing it disposes the tensors.</summary>
public sealed class TensorCollection : IEnumerable<KeyValuePair<string, Tensor>>, IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private TensorCollection(IReadOnlyDictionary<string, string> metadata) => Metadata = metadata;

    /// <summary>The file's free text by key; empty where the format has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The number of tensors.</summary>
    public int Count => _tensors.Count;

    /// <summary>The tensor of a name, on the CPU; the collection keeps it.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"There is no tensor {TensorFile.Quote(name)} among " +
            $"{string.Join(", ", Names.Take(10).Select(TensorFile.Quote))}{(Count > 10 ? ", ..." : "")}.");

    /// <summary>Looks a tensor up; the collection keeps it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor, on the CPU; null where there is none of this name.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>A collection that a reader fills; when it fails, what it had read is disposed.</summary>
    internal static TensorCollection Fill(IReadOnlyDictionary<string, string>? metadata, Action<TensorCollection> read)
    {
        var tensors = new TensorCollection(metadata ?? new Dictionary<string, string>());
        try
        {
            read(tensors);
            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    // The collection outlives the scope it was read in.
    internal void Add(string name, Tensor tensor) => _tensors.Add(name, tensor.DetachFromDisposeScope());
}
