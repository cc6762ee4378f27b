using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Metrics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Modes;

/// <summary>How many of the 1,000 triples of digits a generator of <see cref="StackedDigits"/> makes, as a classifier of single digits
/// reads its channels.</summary>
/// <param name="Samples">How many images were looked at.</param>
/// <param name="Gate">The probability that the classifier must give its digit in every channel, so that an image counts.</param>
/// <param name="Modes">Modes captured: triples that at least one counted image shows.</param>
/// <param name="ModesWithoutGate">The same with every image counted, as in the papers. Noise earns modes here.</param>
/// <param name="Uncertain">Share of images that do not count, in [0, 1]: off the modes, as far as the classifier can tell. Images with NaN
/// or infinite pixels are among them.</param>
/// <param name="Confidence">Mean over all channels of the greatest probability, in [0.1, 1]; an image that is not finite has 0.</param>
/// <param name="ReverseKl">KL(generated, uniform) over the triples, in nats, from the counted images' histogram; NaN when none counts. It
/// is above 0 also for a perfect generator (<see cref="StackedExpectation"/>).</param>
/// <param name="ReverseKlWithoutGate">The same from every finite image, as in the papers.</param>
/// <param name="PerMode">Counted images of each triple, 1,000 numbers; the hundreds are the first channel's digit.</param>
/// <remarks>Srivastava et al. (VEEGAN), arXiv:1705.07761, section 4.2, and Lin et al. (PacGAN), arXiv:1712.04086, section 4.2, with the
/// authors' code: the most probable digit of each channel, modes seen at least once, KL to the uniform distribution over 1,000. Deviation:
/// their classifiers must answer, however unsure; here an image counts only where each channel's probability reaches the gate (a gate of 0
/// is theirs). The numbers are those of the classifier too: compare them with what real triples score under it (data/README.md), and train
/// the generator on digits that the classifier has not seen. A gate turns away what the classifier is unsure of, not what it is wrongly
/// sure of: <c>digits-28</c> reads noise, and digits on grey ground, as one digit with a confidence of 1.</remarks>
public sealed record StackedModes(long Samples, double Gate, int Modes, int ModesWithoutGate, double Uncertain, double Confidence,
    double ReverseKl, double ReverseKlWithoutGate, IReadOnlyList<long> PerMode)
{
    /// <summary>The gate that the kit's scores use.</summary>
    public const double DefaultGate = 0.9;

    private const int ChunkSize = 64; // the widest layer then takes 19 MB, which the heap keeps for the next chunk

    /// <summary>Measures images.</summary>
    /// <param name="images">Shape (N, 3, H, W), N >= 1, values in [-1, 1], any float dtype and device; read as the bytes that they would be
    /// saved as.</param>
    /// <param name="classifier">A network of grey images with ten classes, for example <c>digits-28</c>.</param>
    /// <param name="gate">In [0, 1); 0 for none.</param>
    /// <exception cref="ArgumentException">The images have another shape or dtype, or the classifier does not take them or has no ten
    /// classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The gate is outside its range.</exception>
    public static StackedModes Measure(Tensor images, IFeatureNetwork classifier, double gate = DefaultGate) =>
        Measure([images], classifier, gate);

    /// <summary>Measures more images than should be in memory at once.</summary>
    /// <param name="batches">Images as above, read one after another; they stay the caller's.</param>
    /// <param name="classifier">As above.</param>
    /// <param name="gate">As above.</param>
    /// <exception cref="ArgumentException">As above, or there are none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The gate is outside its range.</exception>
    public static StackedModes Measure(IEnumerable<Tensor> batches, IFeatureNetwork classifier, double gate = DefaultGate)
    {
        ThrowIfOutside(gate is not (>= 0 and < 1), gate, "The gate must be in [0, 1); 0 lets every image count.");
        var (perMode, ungated, confidence, samples) = (new long[StackedDigits.Modes], new long[StackedDigits.Modes], 0.0, 0L);
        foreach (var images in batches)
        {
            ThrowIf(images.dim() != 4 || images.shape[1] != 3 || images.shape[0] < 1 || !images.is_floating_point(),
                $"Stacked digits must be floats of shape (N, 3, H, W) with N >= 1, not {images.dtype} of shape {Shape(images)}.",
                nameof(images));
            using var scope = NewDisposeScope();
            foreach (var (mode, probabilities) in images.split(ChunkSize).SelectMany(part => Read(part, classifier)))
            {
                perMode[mode] += probabilities.Min() >= gate ? 1 : 0;
                ungated[mode]++;
                confidence += probabilities.Average();
            }

            samples += images.shape[0];
        }

        ThrowIf(samples == 0, "There are no images to measure.", nameof(batches));

        return new StackedModes(samples, gate, perMode.Count(n => n > 0), ungated.Count(n => n > 0),
            1 - (double)perMode.Sum() / samples, confidence / samples, KlToUniform(perMode), KlToUniform(ungated), perMode);
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Modes}/{StackedDigits.Modes} modes in {Samples} images ({ModesWithoutGate} without the gate of {Gate}), uncertain " +
            $"{Uncertain:0.0%}, mean confidence {Confidence:0.000}, KL to uniform {ReverseKl:0.000}");

    private static double KlToUniform(long[] perMode)
    {
        var counted = (double)perMode.Sum();
        return counted == 0 ? double.NaN : perMode.Where(n => n > 0).Sum(n => n / counted * Math.Log(n / counted * StackedDigits.Modes));
    }

    // Of each image that is finite: its triple, and the probability of each channel's digit.
    private static List<(long Mode, double[] Probabilities)> Read(Tensor images, IFeatureNetwork classifier)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // (3 n, D), (3 n, 10)
        var digits = PixelValues.ToBytes(images).reshape(-1, 1, images.shape[2], images.shape[3]); // (3 n, 1, H, W)
        var (features, logits) = classifier.Extract(classifier.Preparation.Apply(digits));
        features.Dispose();
        ThrowIf(logits is null || logits.shape[1] != 10,
            $"The network {classifier.Name} has {logits?.shape[1] ?? 0} classes; stacked digits are read by one with " +
                "ten.", nameof(classifier));
        var (probability, digit) = logits!.to(ScalarType.Float64).softmax(1).max(1); // (3 n), (3 n)
        var (p, d) = (probability.data<double>().ToArray(), digit.data<long>().ToArray());
        var isFinite = images.isfinite().flatten(1).all(1).cpu().data<bool>().ToArray(); // (n)
        return [.. isFinite.Index().Where(i => i.Item)
            .Select(i => (100 * d[3 * i.Index] + 10 * d[3 * i.Index + 1] + d[3 * i.Index + 2], p[(3 * i.Index)..(3 * i.Index + 3)]))];
    }
}
