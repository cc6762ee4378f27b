namespace ResearchKit.Notebooks.Cells;

/// <summary>An output that can be replaced.</summary>
public sealed class ShownValue
{
    private readonly string[] _mimeTypes;

    internal ShownValue(string displayId, string[] mimeTypes)
    {
        DisplayId = displayId;
        _mimeTypes = mimeTypes;
    }

    /// <summary>The output's name.</summary>
    public string DisplayId { get; }

    /// <summary>Shows another value in the same place.</summary>
    public void Update(object? value) => NotebookFunctions.Output?.Update(NotebookFunctions.Bundle(value, _mimeTypes), DisplayId);
}
