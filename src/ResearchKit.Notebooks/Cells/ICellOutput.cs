namespace ResearchKit.Notebooks.Cells;

/// <summary>Where a cell's outputs go while it runs. Calls come one at a time.</summary>
public interface ICellOutput
{
    /// <summary>Text that the cell wrote.</summary>
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="text">Any part of the text.</param>
    void Stream(string name, string text);

    /// <summary>A value that was shown with <c>display</c>.</summary>
    /// <param name="data">One entry a MIME type.</param>
    /// <param name="displayId">Names the output, so that it can be replaced.</param>
    void Display(JsonObject data, string displayId);

    /// <summary>A new value for an output shown before.</summary>
    /// <param name="data">One entry a MIME type.</param>
    /// <param name="displayId">The output's name.</param>
    void Update(JsonObject data, string displayId);

    /// <summary>The value of the cell's last expression.</summary>
    /// <param name="data">One entry a MIME type.</param>
    void Result(JsonObject data);

    /// <summary>Why the cell failed.</summary>
    void Error(CellError error);
}
