namespace ResearchKit.Files;

/// <summary>The name of a class or function in a pickle. It is only compared with a closed list, never looked up.</summary>
internal sealed record PickleName(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A Python tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dict in the file's order. Nothing is looked up by key, so keys may be anything.</summary>
internal sealed class PickleDict
{
    public List<(object? Key, object? Value)> Items { get; } = [];
}

/// <summary>An object of a class that the reader knows and keeps as it stands: its name and its state.</summary>
internal sealed class PickleObject(PickleName type)
{
    public PickleName Type { get; } = type;

    public object? State { get; set; }
}

/// <summary>What the names in a pickle stand for.</summary>
internal interface IPickleNames
{
    /// <summary>Passes a name that may stand in the file, refuses others.</summary>
    /// <exception cref="DataFileException">It is none of the closed list.</exception>
    void Check(PickleName name);

    /// <summary>The value that the file makes by calling a name; null where these arguments do not fit it.</summary>
    object? Make(PickleName name, object?[] arguments);

    /// <summary>The value behind a persistent id; null where that is no sensible one.</summary>
    object? Find(object? id);
}

/// <summary>The memory that a reader may take beside tensors: hostile files are small and ask for much.</summary>
internal sealed class PickleBudget(string path)
{
    public const int Bytes = 1 << 27;

    private long _left = Bytes;

    public void Take(long bytes)
    {
        _left -= bytes;
        if (_left < 0)
        {
            throw new DataFileException(path, $"beside its tensors it would take more than {Bytes >> 20} MB of memory, as hostile files " +
                $"do; save the tensors alone, with torch.save(model.state_dict(), FILE).");
        }
    }
}
