using ResearchKit.Data;

namespace ResearchKit.Metrics;

/// <summary>A value of two known sets that was published, to check an installation against.</summary>
/// <param name="What">What it is, in words.</param>
/// <param name="Value">The value.</param>
/// <param name="Tolerance">The most by which another one may differ, at least 0.</param>
/// <param name="Measured">The value of the features of a first and a second set.</param>
public sealed record PublishedValue(string What, double Value, double Tolerance, Func<FeatureSet, FeatureSet, double> Measured)
{
    /// <summary>CIFAR-10's 50,000 training images against its 10,000 test images, by Inception with <c>legacy_tf</c>.</summary>
    /// <remarks>What torch-fidelity publishes of itself: it compares its FID with TensorFlow's to all printed digits. The tolerance tells
    /// this resizer from pytorch-fid's, which gives 3.1525.</remarks>
    public static IReadOnlyList<PublishedValue> Cifar10 { get; } =
    [
        new("FID, training against test images", 3.1508, 1e-3, (train, test) => FrechetDistance.Of(train.Features, test.Features)),
        new("Inception Score of the training images", 11.23678, 1e-3, (train, _) => InceptionScore.Of(Logits(train)).Mean),
        new("its standard deviation", 0.09514, 1e-3, (train, _) => InceptionScore.Of(Logits(train)).StandardDeviation),
    ];

    /// <summary>Measures values again.</summary>
    /// <param name="values">The published values.</param>
    /// <param name="network">The network, with its preparation of images, that they are of.</param>
    /// <param name="first">The first set.</param>
    /// <param name="second">The second set.</param>
    /// <param name="batchSize">Images at a time; null for as many as the network's size allows.</param>
    /// <param name="progress">Told after each batch which set, how many of its images are done, and of how many.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Each value, what was measured, and whether that is near enough; NaN is not.</returns>
    /// <exception cref="ArgumentException">The network gives no logits where a value needs them, or a set is too small.</exception>
    public static IReadOnlyList<(PublishedValue Published, double Measured, bool IsNear)> Check(IReadOnlyList<PublishedValue> values,
        IFeatureNetwork network, IImageSource first, IImageSource second, int? batchSize = null,
        Action<string, long, long>? progress = null, CancellationToken cancellation = default)
    {
        using var a = Features(first);
        using var b = Features(second);
        return [.. values.Select(v => (v, v.Measured(a, b))).Select(m =>
            (m.v, m.Item2, Math.Abs(m.Item2 - m.v.Value) <= m.v.Tolerance))];

        FeatureSet Features(IImageSource images) => FeatureExtraction.Of(network, images, batchSize,
            (done, total) => progress?.Invoke(images.Name, done, total), cancellation);
    }

    private static Tensor Logits(FeatureSet set) =>
        set.Logits ?? throw new ArgumentException($"{set.Network} gives no class logits, which the Inception Score needs.");
}
