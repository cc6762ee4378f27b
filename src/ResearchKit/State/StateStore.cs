using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.State;

/// <summary>Named values that parts of a training keep: tensors, numbers and random states, all held as tensors on the CPU, so that one
/// safetensors file takes them.</summary>
public sealed class StateStore : IDisposable
{
    private readonly Dictionary<string, Tensor> _values;
    private readonly HashSet<string> _read;
    private readonly string _prefix;

    /// <summary>Starts an empty store.</summary>
    public StateStore()
        : this([], [], "")
    {
    }

    private StateStore(Dictionary<string, Tensor> values, HashSet<string> read, string prefix) =>
        (_values, _read, _prefix) = (values, read, prefix);

    /// <summary>All values by their full names.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <summary>Names that nobody has asked for yet; what is left after a load belongs to no part.</summary>
    public IEnumerable<string> Unread => _values.Keys.Except(_read);

    /// <summary>The part of the store whose names begin with a part's name and a dot; it shares the values.</summary>
    /// <param name="part">The part's name.</param>
    public StateStore Under(string part) => new(_values, _read, $"{_prefix}{part}.");

    /// <summary>Reads a store from a safetensors file's content, which it takes over.</summary>
    /// <param name="content">Tensors by full name.</param>
    public static StateStore Of(TensorCollection content) =>
        new(content.ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal), [], "");

    /// <summary>Keeps a copy of a tensor.</summary>
    /// <param name="name">Its name in this part; each name once.</param>
    /// <param name="value">Any shape, dtype and device; stays the caller's.</param>
    public void Put(string name, Tensor value)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _values.Add(_prefix + name, value.detach().cpu().clone().DetachFromDisposeScope());
    }

    /// <summary>Keeps a whole number.</summary>
    /// <inheritdoc cref="Put(string, double)"/>
    public void Put(string name, long value) => Own(name, tensor(value, ScalarType.Int64));

    /// <summary>Keeps a number, bit for bit.</summary>
    /// <param name="name">Its name in this part; each name once.</param>
    /// <param name="value">The number; NaN and infinities too.</param>
    public void Put(string name, double value) => Own(name, tensor(value, ScalarType.Float64));

    /// <summary>Keeps a random generator's state.</summary>
    /// <param name="name">Its name in this part; each name once.</param>
    /// <param name="value">The state.</param>
    public void Put(string name, RandomState value) => Own(name, tensor(value.Bytes.ToArray(), ScalarType.Byte));

    /// <summary>Keeps a network's parameters and buffers.</summary>
    /// <param name="name">The name that their state-dict keys come under; each name once.</param>
    /// <param name="network">The network, on any device.</param>
    public void Put(string name, nn.Module network)
    {
        var part = Under(name);
        foreach (var (key, value) in network.state_dict())
        {
            part.Put(key, value);
        }
    }

    /// <summary>Whether there is a value of a name.</summary>
    /// <param name="name">The name in this part.</param>
    public bool Has(string name) => _values.ContainsKey(_prefix + name);

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <exception cref="InvalidDataException">It is missing or is something else.</exception>
    public long Whole(string name) => Scalar(name, ScalarType.Int64).item<long>();

    /// <summary>A number.</summary>
    /// <inheritdoc cref="Whole"/>
    public double Number(string name) => Scalar(name, ScalarType.Float64).item<double>();

    /// <summary>A random generator's state.</summary>
    /// <inheritdoc cref="Whole"/>
    public RandomState Random(string name)
    {
        var value = Find(name);
        return value.dtype == ScalarType.Byte && value.dim() == 1
            ? RandomState.FromBytes(value.data<byte>().ToArray())
            : throw Other(name, "is no random state");
    }

    /// <summary>A copy of a tensor.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <returns>With the shape and dtype that it was kept with, on the CPU. The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">It is missing.</exception>
    public Tensor Tensor(string name) => Find(name).clone();

    /// <summary>Copies a kept tensor into another.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <param name="target">A tensor of the same dtype and shape, on any device.</param>
    /// <exception cref="InvalidDataException">It is missing, or its dtype or shape is another.</exception>
    public void CopyTo(string name, Tensor target)
    {
        var value = Find(name);
        if (value.dtype != target.dtype || !value.shape.SequenceEqual(target.shape))
        {
            throw Other(name, $"is {value.dtype} of shape {TensorShape.Show(value.shape)}, where {target.dtype} of shape " +
                $"{TensorShape.Show(target.shape)} belongs");
        }

        using var noGrad = no_grad();
        target.copy_(value);
    }

    /// <summary>Copies a network's kept parameters and buffers into it.</summary>
    /// <param name="name">The name that they were put under.</param>
    /// <param name="network">A network of the same shapes, on any device.</param>
    /// <exception cref="InvalidDataException">One is missing, or its dtype or shape is another.</exception>
    public void CopyTo(string name, nn.Module network)
    {
        var part = Under(name);
        foreach (var (key, value) in network.state_dict())
        {
            part.CopyTo(key, value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }

    private void Own(string name, Tensor value) => _values.Add(_prefix + name, value.DetachFromDisposeScope());

    private Tensor Scalar(string name, ScalarType type)
    {
        var value = Find(name);
        return value.dtype == type && value.numel() == 1
            ? value
            : throw Other(name, $"is {value.dtype} of {value.numel()} values, where one of {type} belongs");
    }

    private Tensor Find(string name)
    {
        _read.Add(_prefix + name);
        return _values.TryGetValue(_prefix + name, out var value) ? value : throw Other(name, "is missing");
    }

    private InvalidDataException Other(string name, string what) => new($"The state is of another training: {_prefix}{name} {what}.");
}
