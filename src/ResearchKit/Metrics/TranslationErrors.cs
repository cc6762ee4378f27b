namespace ResearchKit.Metrics;

/// <summary>How near translated images come to their true partners.</summary>
public static class TranslationErrors
{
    /// <summary>Mean absolute error where there is something to see: over the pixels in which the input or the true partner is not
    /// white.</summary>
    /// <param name="made">Translations, float, [-1, 1], shape (N, C, H, W).</param>
    /// <param name="truth">The true partners, likewise.</param>
    /// <param name="input">What was translated, shape (N, C', H, W).</param>
    /// <returns>In units of [-1, 1], at least 0; 0 for equal images.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together, or every image is white.</exception>
    public static double ForegroundL1(Tensor made, Tensor truth, Tensor input)
    {
        using var scope = NewDisposeScope();
        if (!made.shape.SequenceEqual(truth.shape) || input.dim() != 4 || input.shape[0] != made.shape[0])
        {
            throw new ArgumentException($"Translations of shape ({string.Join(", ", made.shape)}), partners of shape " +
                $"({string.Join(", ", truth.shape)}) and inputs of shape ({string.Join(", ", input.shape)}) do not go together.",
                nameof(made));
        }

        var seen = input.ne(1).any(1).logical_or(truth.ne(1).any(1)).to(ScalarType.Float64); // (N, H, W)
        var count = seen.sum().item<double>();
        return count > 0
            ? ((made - truth).abs().to(ScalarType.Float64).mean([1]) * seen).sum().item<double>() / count
            : throw new ArgumentException("Every image is white: there is nothing to compare.", nameof(truth));
    }

    /// <summary>The share of translations that are nearer to their own partner, by the distance of their pixels, than to any
    /// other.</summary>
    /// <param name="made">Translations, float, shape (N, C, H, W).</param>
    /// <param name="truth">The true partners, likewise.</param>
    /// <returns>In [0, 1]; by chance 1/N.</returns>
    public static double RetrievalAtOne(Tensor made, Tensor truth)
    {
        using var scope = NewDisposeScope();
        var nearest = cdist(made.flatten(1).to(ScalarType.Float64), truth.flatten(1).to(ScalarType.Float64)).argmin(1); // (N)
        return nearest.eq(arange(truth.shape[0])).to(ScalarType.Float64).mean().item<double>();
    }
}
