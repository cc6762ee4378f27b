namespace ResearchKit.Files;

/// <summary>The tensors by their names, before their numbers are read.</summary>
internal sealed class TorchViews(string path, long fileLength, PickleBudget budget)
{
    private const int DeepestNesting = 100;
    private const int NamedTensorBytes = 1000; // native and managed
    private const long AlwaysShown = 1L << 26;

    private readonly HashSet<string> _names = [];
    private readonly List<(string Name, TorchTensor Tensor)> _found = [];
    private long _shown;

    /// <summary>The tensors within a value, by the storages that they are views of.</summary>
    public IGrouping<TorchStorage, (string Name, TorchTensor Tensor)>[] Of(object? content, string name)
    {
        _found.Clear();
        Walk(content, name, 0);
        return [.. _found.GroupBy(f => f.Tensor.Storage)];
    }

    public void RequireSome()
    {
        if (_names.Count == 0)
        {
            throw new DataFileException(path, "it holds no tensor; save some with torch.save(model.state_dict(), FILE).");
        }
    }

    public void Add(TensorCollection tensors, IGrouping<TorchStorage, (string Name, TorchTensor Tensor)> shown, Tensor numbers)
    {
        if (TensorFile.IsDamagedBool(numbers))
        {
            throw new DataFileException(path, $"tensor {TensorFile.Quote(shown.First().Name)} is bool but has bytes other than 0 and " +
                $"1; it is damaged, get the file again.");
        }

        foreach (var (name, tensor) in shown)
        {
            tensors.Add(name, tensor.Bytes == 0 ? TensorFile.Allocate(path, tensor.Size, tensor.Storage.Type.Scalar)
                : numbers.as_strided(tensor.Size, tensor.Stride, tensor.Offset));
        }
    }

    private void Walk(object? value, string name, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new DataFileException(path, $"its dicts lie within each other more than {DeepestNesting} times, or in a circle; " +
                $"save the tensors alone, with torch.save(model.state_dict(), FILE).");
        }

        switch (value)
        {
            case TorchTensor tensor:
                Take(name.Length == 0 ? "tensor" : name, tensor);
                break;
            case PickleDict dict:
                for (var i = 0; i < dict.Items.Count; i++)
                {
                    var (key, item) = dict.Items[i];
                    Within(key switch { string text => text, long number => $"{number}", _ => null }, item, i);
                }

                break;
            case PickleObject scripted when TorchPickle.IsModule(scripted):
                Walk(scripted.State, name, depth + 1);
                break;
            case List<object?> list:
                WithinAll(list);
                break;
            case PickleTuple tuple:
                WithinAll(tuple.Items);
                break;
        }

        void WithinAll(IReadOnlyList<object?> items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Within(null, items[i], i);
            }
        }

        // Names are made only where something is that may have one: a list of losses is long. The budget ends walks without an end.
        void Within(string? key, object? item, int index)
        {
            budget.Take(sizeof(long));
            if (item is TorchTensor or PickleDict or PickleObject or List<object?> or PickleTuple)
            {
                key ??= $"{index}";
                budget.Take(sizeof(char) * (name.Length + key.Length + 1));
                Walk(item, name.Length == 0 ? key : $"{name}.{key}", depth + 1);
            }
        }
    }

    private void Take(string name, TorchTensor tensor)
    {
        budget.Take(NamedTensorBytes);
        _shown += tensor.Bytes;
        if (tensor.Bytes > (2 * fileLength) + AlwaysShown || _shown > (2 * fileLength) + AlwaysShown)
        {
            throw new DataFileException(path, $"its tensors show the {fileLength} bytes of the file again and again, as hostile " +
                $"files do; save them whole, with clone().");
        }

        if (!_names.Add(name))
        {
            throw new DataFileException(path, $"two of its tensors would both be called {TensorFile.Quote(name)}; save them apart.");
        }

        _found.Add((name, tensor));
    }
}
