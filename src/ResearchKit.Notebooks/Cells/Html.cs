namespace ResearchKit.Notebooks.Cells;

/// <summary>Text to be shown as HTML.</summary>
/// <param name="Content">The HTML.</param>
public sealed record Html(string Content)
{
    /// <inheritdoc/>
    public override string ToString() => Content;
}
