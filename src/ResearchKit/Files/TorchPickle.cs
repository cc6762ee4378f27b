namespace ResearchKit.Files;

/// <summary>A storage of a PyTorch file: numbers that tensors are views of.</summary>
internal sealed record TorchStorage(string Key, ElementType Type, long Count)
{
    public long Bytes => Count * Type.Size;
}

/// <summary>A tensor of a PyTorch file, checked against its storage.</summary>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Size, long[] Stride)
{
    /// <summary>Bytes of its elements, each counted as often as the tensor shows it.</summary>
    public long Bytes => TensorShape.Bytes(Size, Storage.Type.Size)!.Value;
}

/// <summary>What may stand in the pickles of torch.save and torch.jit.save: tensors, dicts, and a few harmless values that are
/// skipped.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="fileLength">Its length: no storage is longer.</param>
/// <param name="budget">The memory that values may take.</param>
/// <remarks>PyTorch's torch/_utils.py, torch/serialization.py and torch/csrc/jit/serialization/pickler.cpp.</remarks>
internal sealed class TorchPickle(string path, long fileLength, PickleBudget budget) : IPickleNames
{
    private const string Scripted = "__torch__";

    // What one takes at most.
    private const int StorageBytes = 200;
    private const int TensorBytes = 200;

    // Beside these names: modules of TorchScript and storages.
    private static readonly Dictionary<string, Func<TorchPickle, object?[], object?>> Makers = new()
    {
        ["torch._utils._rebuild_tensor"] = (self, a) => self.Tensor(a),
        ["torch._utils._rebuild_tensor_v2"] = (self, a) => self.Tensor(a),
        ["torch._utils._rebuild_parameter"] = (_, a) => a.FirstOrDefault() as TorchTensor,
        ["torch._utils._rebuild_parameter_with_state"] = (_, a) => a.FirstOrDefault() as TorchTensor,
        ["torch.jit._pickle.build_tensorlist"] = (_, a) => a.FirstOrDefault(),
        ["torch.jit._pickle.build_intlist"] = (_, a) => a.FirstOrDefault(),
        ["torch.jit._pickle.build_doublelist"] = (_, a) => a.FirstOrDefault(),
        ["torch.jit._pickle.build_boollist"] = (_, a) => a.FirstOrDefault(),
        ["torch.jit._pickle.restore_type_tag"] = (_, a) => a.FirstOrDefault(),
        ["collections.OrderedDict"] = (_, a) => Dict(a),
    };

    // Values beside the tensors of a checkpoint: none is built.
    private static readonly HashSet<string> Skipped =
    [
        "argparse.Namespace", "collections.Counter", "torch.Size", "torch.device", "_codecs.encode", "__builtin__.set", "builtins.set",
        "__builtin__.frozenset", "builtins.frozenset", "__builtin__.complex", "builtins.complex", "__builtin__.bytearray",
        "builtins.bytearray", "numpy.ndarray", "numpy.dtype", "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct", "torch.float16", "torch.float32", "torch.float64",
        "torch.bfloat16", "torch.int8", "torch.int16", "torch.int32", "torch.int64", "torch.uint8", "torch.bool",
    ];

    private static readonly Dictionary<string, ScalarType> StorageTypes = new()
    {
        ["DoubleStorage"] = ScalarType.Float64, ["FloatStorage"] = ScalarType.Float32, ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16, ["LongStorage"] = ScalarType.Int64, ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16, ["CharStorage"] = ScalarType.Int8, ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    private readonly Dictionary<string, TorchStorage> _storages = [];

    /// <summary>The storages that the pickle named.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <summary>Whether an object is a module of TorchScript, whose state holds parameters, buffers and modules by name.</summary>
    public static bool IsModule(PickleObject value) => IsScripted(value.Type);

    public void Check(PickleName name)
    {
        var full = name.ToString();
        if (Makers.ContainsKey(full) || Skipped.Contains(full) || IsScripted(name) || StorageType(name) is not null)
        {
            return;
        }

        throw new DataFileException(path, name.Module == "torch" && name.Name.EndsWith("Storage", StringComparison.Ordinal)
            ? $"it holds a {TensorFile.Quote(full)}, and of such numbers there are no tensors here; convert them to a dtype of " +
                $"{string.Join(", ", StorageTypes.Values)} and save them again."
            : $"it names {TensorFile.Quote(full)}, and no class or function out of a file is used here; in Python load it if you trust " +
                $"it, and save the tensors alone: torch.save(model.state_dict(), FILE).");
    }

    public object? Make(PickleName name, object?[] arguments) =>
        Makers.TryGetValue(name.ToString(), out var make) ? make(this, arguments)
        : StorageType(name) is null ? new PickleObject(name)
        : null;

    // ('storage', torch.FloatStorage, '0', 'cpu', 24), in the format before 1.6 with a view as a sixth.
    public object? Find(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleName typeName, string key, string, long count, .. var view] }
            || StorageType(typeName) is not { } type || count < 0 || count > fileLength / type.Size || view is not ([] or [null]))
        {
            return null;
        }

        budget.Take(StorageBytes);
        var storage = new TorchStorage(key, type, count);
        return _storages.TryAdd(key, storage) || _storages[key] == storage ? storage : null;
    }

    private static bool IsScripted(PickleName name) =>
        name.Module == Scripted || name.Module.StartsWith($"{Scripted}.", StringComparison.Ordinal);

    private static ElementType? StorageType(PickleName name) =>
        name.Module == "torch" && StorageTypes.TryGetValue(name.Name, out var type) ? ElementType.Of(type) : null;

    // OrderedDict() or, of Python 2, OrderedDict([[key, value], ...]).
    private static PickleDict? Dict(object?[] arguments)
    {
        var dict = new PickleDict();
        foreach (var pair in arguments.FirstOrDefault() as List<object?> ?? [])
        {
            switch (pair)
            {
                case List<object?> and [var key, var value]:
                    dict.Items.Add((key, value));
                    break;
                case PickleTuple { Items: [var first, var second] }:
                    dict.Items.Add((first, second));
                    break;
                default:
                    return null;
            }
        }

        return dict;
    }

    private static long[]? Numbers(PickleTuple tuple) =>
        tuple.Items.Length <= TensorShape.LargestRank && tuple.Items.All(i => i is >= 0L) ? [.. tuple.Items.Cast<long>()] : null;

    // (storage, offset, size, stride, ...)
    private TorchTensor? Tensor(object?[] arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, PickleTuple sizes, PickleTuple strides, ..]
            || Numbers(sizes) is not { } size || Numbers(strides) is not { } stride || size.Length != stride.Length
            || offset < 0 || offset > storage.Count || TensorShape.Bytes(size, storage.Type.Size) is not { } bytes)
        {
            return null;
        }

        budget.Take(TensorBytes + (2 * sizeof(long) * size.Length));
        Int128 last = offset;
        for (var d = 0; d < size.Length; d++)
        {
            stride[d] = size[d] > 1 ? stride[d] : 1; // says nothing, and may be anything
            last += (Int128)stride[d] * Math.Max(size[d] - 1, 0);
        }

        return bytes == 0 || last < storage.Count ? new TorchTensor(storage, offset, size, stride)
            : throw new DataFileException(path, $"a tensor of shape {TensorShape.Show(size)} and strides {TensorShape.Show(stride)} from " +
                $"element {offset} on reaches beyond the {storage.Count} elements of its storage {TensorFile.Quote(storage.Key)}; the " +
                $"file is damaged, get it again.");
    }
}
