using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Models.Translation;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>How near translated images come to their true partners, and to the images that they were made of.</summary>
public static class TranslationErrors
{
    private const int AtOnce = 64; // images through the generators

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
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static double RetrievalAtOne(Tensor made, Tensor truth)
    {
        ThrowIf(!made.shape.SequenceEqual(truth.shape), $"Translations of shape ({string.Join(", ", made.shape)}) and partners of shape " +
            $"({string.Join(", ", truth.shape)}) do not go together.");
        using var scope = NewDisposeScope();
        return OwnIsNearest(made, truth).mean().item<double>();
    }

    /// <summary>Mean absolute error of images that go from A to B and back to A, over all pixels.</summary>
    /// <param name="there">From A to B.</param>
    /// <param name="back">From B to A.</param>
    /// <param name="images">Images of A, [-1, 1], shape (N, C, H, W), on the CPU as the generators are.</param>
    /// <param name="rounded">Rounds the images of B to 8 bits before they go back.</param>
    /// <param name="noise">Standard deviation, in units of [-1, 1], of normal noise on them, from a fixed seed. CycleGAN can hide the
    /// input in a pattern too faint to see (arXiv:1712.02950), which rounding or noise takes away.</param>
    /// <returns>In units of [-1, 1].</returns>
    /// <exception cref="ArgumentException">The images' sides do not fit a generator (<see cref="ImageTranslator.SizeStep"/>).</exception>
    public static double CycleL1(ImageTranslator there, ImageTranslator back, Tensor images, bool rounded = false, double noise = 0)
    {
        using var noGrad = no_grad();
        using var first = new EvaluationMode(there);
        using var second = new EvaluationMode(back);
        using var random = new Generator(0);
        var sum = 0.0;
        for (var start = 0L; start < images.shape[0]; start += AtOnce)
        {
            using var scope = NewDisposeScope();
            var some = images.narrow(0, start, Math.Min(AtOnce, images.shape[0] - start));
            var made = there.call(some); // (n, C', H, W)
            made = rounded ? PixelValues.FromBytes(PixelValues.ToBytes(made)) : made;
            made = noise > 0 ? made + (randn(made.shape, ScalarType.Float32, generator: random) * noise) : made;
            sum += (back.call(made) - some).abs().sum(ScalarType.Float64).item<double>();
        }

        return sum / images.numel();
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
