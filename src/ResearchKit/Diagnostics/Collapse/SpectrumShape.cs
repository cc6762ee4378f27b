namespace ResearchKit.Diagnostics.Collapse;

/// <summary>How many of a spectrum's values count.</summary>
internal static class SpectrumShape
{
    /// <summary>exp of the entropy of the values as shares of their sum; 0 where all are 0.</summary>
    /// <remarks>Roy and Vetterli, "The effective rank", EUSIPCO 2007, definition 1.</remarks>
    public static double EffectiveRank(IReadOnlyList<double> values)
    {
        var sum = values.Sum();
        return sum == 0 ? 0 : Math.Exp(-values.Where(v => v > 0).Sum(v => v / sum * Math.Log(v / sum)));
    }
}
