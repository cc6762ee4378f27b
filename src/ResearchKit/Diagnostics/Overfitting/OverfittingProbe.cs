using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Models;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Overfitting;

/// <summary>How much a discriminator has memorised its training set: what it says of images that it trains on, of real ones that it has
/// never seen, and of generated ones.</summary>
/// <param name="TrainLogit">E D(train), the mean logit.</param>
/// <param name="HeldOutLogit">E D(held-out). A D that generalises gives both the same.</param>
/// <param name="FakeLogit">E D(generated).</param>
/// <param name="TrainSigns">E sign D(train), in [-1, 1]: ADA's r_t, on the images as they were handed in.</param>
/// <param name="HeldOutSigns">E sign D(held-out), in [-1, 1].</param>
/// <remarks>Karras et al., arXiv:2006.06676, section 3.1 and eq. 1. Deviations: D is in evaluation mode, and means are over the sets handed
/// in, where the paper takes them over four batches of a training in progress, augmented; augment the images first for that.</remarks>
public sealed record OverfittingProbe(double TrainLogit, double HeldOutLogit, double FakeLogit, double TrainSigns, double HeldOutSigns)
{
    private const int BatchSize = 256;

    /// <summary>r_v of eq. 1: (E D(train) - E D(held-out)) / (E D(train) - E D(generated)). 0 where D does not tell train from held-out, 1
    /// where held-out images are as fake to it as generated ones; noise where D hardly tells train from generated, and infinite or NaN
    /// where it does not at all.</summary>
    public double Index => (TrainLogit - HeldOutLogit) / (TrainLogit - FakeLogit);

    /// <summary>Asks D in evaluation mode and without a gradient; afterwards every layer is in its own mode again.</summary>
    /// <param name="discriminator">D: samples to logits of shape (B).</param>
    /// <param name="train">Samples that D trains on, shape (N, ...), N >= 1, on any device; each set with labels where D asks for
    /// them.</param>
    /// <param name="heldOut">Real samples that D has never seen, shape (M, ...), M >= 1.</param>
    /// <param name="fake">Generated samples, shape (K, ...), K >= 1.</param>
    /// <exception cref="ArgumentException">A set is empty, or the sets' samples have different shapes.</exception>
    public static OverfittingProbe Take(nn.Module<Tensor, Tensor> discriminator, Batch train, Batch heldOut, Batch fake)
    {
        var shape = train.Samples.shape;
        foreach (var (name, (set, _)) in new[] { (nameof(train), train), (nameof(heldOut), heldOut), (nameof(fake), fake) })
        {
            ThrowIf(set.dim() < 2 || set.shape[0] < 1 || !set.shape.Skip(1).SequenceEqual(shape.Skip(1)),
                $"The probe needs at least one sample of each kind, all of one shape: {name} has shape {Shape(set)}, the training " +
                $"samples {Shape(train.Samples)}.", name);
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var evaluation = new EvaluationMode(discriminator);
        var weights = discriminator.parameters().First();
        var (trainLogit, trainSigns) = Means(train);
        var (heldOutLogit, heldOutSigns) = Means(heldOut);
        return new OverfittingProbe(trainLogit, heldOutLogit, Means(fake).Logit, trainSigns, heldOutSigns);

        (double Logit, double Signs) Means(Batch set)
        {
            var labels = set.Labels?.split(BatchSize);
            var parts = set.Samples.split(BatchSize)
                .Select((part, i) => discriminator.Call(part.to(weights.dtype, weights.device), labels?[i]));
            var logits = cat([.. parts]).to(ScalarType.Float64); // (N)
            return (logits.mean().item<double>(), logits.sign().mean().item<double>());
        }
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"logits: train {TrainLogit:0.00}, held-out {HeldOutLogit:0.00}, generated {FakeLogit:0.00}; r_t {TrainSigns:0.00}, r_v " +
            $"{Index:0.00}");
}
