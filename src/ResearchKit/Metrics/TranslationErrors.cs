using ResearchKit.Models;
using ResearchKit.Models.Translation;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>How near translated images come to their true partners, and to the images that they were made of.</summary>
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
        var (errors, seen) = Foreground(made, truth, input);
        var count = seen.sum().item<double>();
        ThrowIf(count == 0, "Every image is white: there is nothing to compare.");
        return errors.sum().item<double>() / count;
    }

    /// <summary>The share of translations that are nearer to their own partner, by the distance of their pixels, than to any
    /// other.</summary>
    /// <param name="made">Translations, float, shape (N, C, H, W).</param>
    /// <param name="truth">The true partners, likewise.</param>
    /// <returns>In [0, 1]; by chance 1/N.</returns>
    public static double RetrievalAtOne(Tensor made, Tensor truth)
    {
        using var scope = NewDisposeScope();
        return OwnIsNearest(made, truth).mean().item<double>();
    }

    /// <summary>Mean absolute error of images that go from A to B and back to A.</summary>
    /// <param name="there">From A to B.</param>
    /// <param name="back">From B to A.</param>
    /// <param name="images">Images of A, [-1, 1], shape (N, C, H, W), on the generators' device.</param>
    /// <param name="between">What becomes of the images of B before they go back; null for nothing. CycleGAN can hide the input in a
    /// pattern too faint to see (arXiv:1712.02950): rounding or noise takes it away.</param>
    /// <returns>In units of [-1, 1].</returns>
    public static double CycleL1(ImageTranslator there, ImageTranslator back, Tensor images, Func<Tensor, Tensor>? between = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var first = new EvaluationMode(there);
        using var second = new EvaluationMode(back);
        var made = there.call(images); // (N, C', H, W)
        return (back.call(between?.Invoke(made) ?? made) - images).abs().mean().item<float>();
    }

    /// <summary>Adds normal noise from a fixed seed: the same for each call.</summary>
    /// <param name="images">Any shape, on the CPU.</param>
    /// <param name="deviation">Its standard deviation, in units of [-1, 1].</param>
    /// <returns>The same shape. The caller disposes it.</returns>
    public static Tensor WithNoise(Tensor images, double deviation)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(0);
        return (images + (randn(images.shape, ScalarType.Float32, generator: random) * deviation)).MoveToOuterDisposeScope();
    }

    /// <summary>Of each image: the sum of the mean errors of its pixels that are seen, and how many these are; float64, (N).</summary>
    internal static (Tensor Errors, Tensor Seen) Foreground(Tensor made, Tensor truth, Tensor input)
    {
        ThrowIf(!made.shape.SequenceEqual(truth.shape) || input.dim() != 4 || input.shape[0] != made.shape[0],
            $"Translations of shape ({string.Join(", ", made.shape)}), partners of shape ({string.Join(", ", truth.shape)}) and inputs " +
            $"of shape ({string.Join(", ", input.shape)}) do not go together.");
        var seen = input.ne(1).any(1).logical_or(truth.ne(1).any(1)).to(ScalarType.Float64); // (N, H, W)
        return (((made - truth).abs().to(ScalarType.Float64).mean([1]) * seen).sum([1, 2]), seen.sum([1, 2]));
    }

    /// <summary>1 for each translation whose nearest partner is its own, else 0; float64, shape (N).</summary>
    internal static Tensor OwnIsNearest(Tensor made, Tensor truth) =>
        cdist(made.flatten(1).to(ScalarType.Float64), truth.flatten(1).to(ScalarType.Float64)).argmin(1)
            .eq(arange(truth.shape[0], device: truth.device)).to(ScalarType.Float64);
}
