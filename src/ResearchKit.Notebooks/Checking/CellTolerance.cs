namespace ResearchKit.Notebooks.Checking;

/// <summary>How far a cell's outputs may be from the committed ones, as the cell's tag says.</summary>
/// <param name="Value">Two numbers a and b agree when |a - b| &lt;= Value (1 + max(|a|, |b|)).</param>
/// <param name="IsTagged">True when a tag gave the value: images then need only have the same size.</param>
/// <param name="KindOnly">True when only the number of outputs, their types and their MIME types are compared.</param>
internal sealed record CellTolerance(double Value = 1e-6, bool IsTagged = false, bool KindOnly = false)
{
    /// <summary>What the tags mean, for the help.</summary>
    public const string Help = """
        A tag in a code cell's metadata says how its outputs are compared:
          no tag          the same text, images and charts, numbers within |a - b| <= 1e-6 (1 + max(|a|, |b|))
          tolerance:0.05  the same with 0.05 for 1e-6; an image needs only the same width and height
          compare:kind    only the number of outputs, their types and their MIME types
        The PNG that publish puts beside a chart is not compared.
        """;

    private const string TolerancePrefix = "tolerance:";
    private const string ComparePrefix = "compare:";

    /// <summary>Reads a cell's tags.</summary>
    /// <exception cref="NotebookFileException">A tag starts like one of these but is malformed, or there are two.</exception>
    public static CellTolerance Of(NotebookCell cell, string path)
    {
        List<string> tags = [.. cell.Tags.Where(t =>
            t.StartsWith(TolerancePrefix, StringComparison.Ordinal) || t.StartsWith(ComparePrefix, StringComparison.Ordinal))];
        return tags switch
        {
            [] => new CellTolerance(),
            [var tag] => Parse(tag) ?? throw new NotebookFileException($"{path}: cell {cell.Id} has the tag '{tag}'; "
                + "write tolerance: with a number above 0 and below 0.5, as in tolerance:0.05 (a larger "
                + "one would accept nearly anything), or compare:kind."),
            _ => throw new NotebookFileException(
                $"{path}: cell {cell.Id} has the tags '{string.Join("' and '", tags)}'; keep one of them."),
        };
    }

    /// <summary>True when two numbers agree.</summary>
    public bool Agree(double a, double b) =>
        a.Equals(b) || (double.IsFinite(a) && double.IsFinite(b) && Math.Abs(a - b) <= Value * (1 + Math.Max(Math.Abs(a), Math.Abs(b))));

    /// <inheritdoc/>
    public override string ToString() => KindOnly ? "only kinds are compared" : $"tolerance {Value}";

    private static CellTolerance? Parse(string tag)
    {
        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (tag == ComparePrefix + "kind")
        {
            return new CellTolerance(KindOnly: true);
        }

        return tag.StartsWith(TolerancePrefix, StringComparison.Ordinal)
            && double.TryParse(tag.AsSpan(TolerancePrefix.Length), style, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and < 0.5
            ? new CellTolerance(value, IsTagged: true)
            : null;
    }
}
