using ResearchKit.Data;
using ResearchKit.Models;

namespace ResearchKit.Losses;

/// <summary>Where a penalty looks at the slope of the discriminator: its gradient by each sample.</summary>
/// <remarks>A slope for each sample has no meaning where the samples of a batch see each other, as in batch normalisation.</remarks>
[Flags]
public enum SlopeSites
{
    /// <summary>Nowhere: the penalty looks at logits only.</summary>
    None = 0,

    /// <summary>At the real samples.</summary>
    Real = 1,

    /// <summary>At the generated samples.</summary>
    Fake = 2,

    /// <summary>At points between real and generated samples.</summary>
    Between = 4,
}

/// <summary>One look of the discriminator at a real and a generated batch: what losses and penalties are computed from.</summary>
/// <remarks>D sees each batch once; the slopes at real and generated samples are taken through the same pass, as in R3GAN's code. Its
/// tensors live until the dispose scope in which it was run ends.</remarks>
public sealed class DiscriminatorPass
{
    private readonly nn.Module<Tensor, Tensor> _discriminator;
    private readonly Func<Tensor, Tensor> _augment;
    private readonly SlopeSites _sites;

    private DiscriminatorPass(nn.Module<Tensor, Tensor> discriminator, Batch real, Batch fake, SlopeSites sites, long step,
        Func<Tensor, Tensor> augment, bool together)
    {
        (_discriminator, _augment, _sites, Step) = (discriminator, augment, sites, step);
        Real = Leaf(real.Samples, SlopeSites.Real);
        Fake = Leaf(fake.Samples, SlopeSites.Fake);
        Labels = real.Labels;
        (RealLogits, FakeLogits) = together && (sites & (SlopeSites.Real | SlopeSites.Fake)) == 0
            ? ScoreTogether(fake.Labels)
            : (Score(Real, Labels), Score(Fake, fake.Labels));
    }

    /// <summary>Real samples, shape (B, ...), before augmentation.</summary>
    public Tensor Real { get; }

    /// <summary>Generated samples, shape (B, ...), before augmentation, cut from G.</summary>
    public Tensor Fake { get; }

    /// <summary>The classes of the real samples, int64, shape (B), and of the points between them and the generated ones; null where there
    /// are none.</summary>
    public Tensor? Labels { get; }

    /// <summary>D's logits for the real samples, shape (B); (B/m) where D judges packs of m.</summary>
    public Tensor RealLogits { get; }

    /// <summary>D's logits for the generated samples, of the same shape.</summary>
    public Tensor FakeLogits { get; }

    /// <summary>The training step that it belongs to, from 1: schedules look at it.</summary>
    public long Step { get; }

    /// <summary>How many samples D judges together: 1, or the m of a <see cref="PackedDiscriminator"/>.</summary>
    public int Pack => PackedDiscriminator.PackOf(_discriminator);

    /// <summary>Shows D both batches.</summary>
    /// <param name="discriminator">D: samples of shape (B, ...) to logits of shape (B).</param>
    /// <param name="real">Real samples, shape (B, ...), with labels where D asks for them.</param>
    /// <param name="fake">Generated samples, the same shape, likewise; their graph to G is not followed.</param>
    /// <param name="sites">Where slopes will be asked for.</param>
    /// <param name="step">The training step, from 1.</param>
    /// <param name="augmentation">What the samples go through before D sees them; slopes are taken through it. Null for nothing.</param>
    /// <param name="together">Shows D both batches as one where no slopes are asked for: half the calls, and the same logits where D judges
    /// each sample alone.</param>
    public static DiscriminatorPass Run(nn.Module<Tensor, Tensor> discriminator, Batch real, Batch fake,
        SlopeSites sites = SlopeSites.None, long step = 1, Func<Tensor, Tensor>? augmentation = null, bool together = false) =>
        new(discriminator, real, fake, sites, step, augmentation ?? (samples => samples), together);

    /// <summary>D's slope at each real sample, itself differentiable.</summary>
    /// <returns>Shape (B, D), or (B/m, m D) for packs: all values of what D judges together in one row. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">D gives another number of logits, or they do not depend on the samples.</exception>
    /// <exception cref="InvalidOperationException">The pass was run without this site, or gradients are switched off.</exception>
    public Tensor RealSlopes() => Slopes(RealLogits, Real, SlopeSites.Real);

    /// <summary>D's slope at each generated sample, likewise.</summary>
    /// <inheritdoc cref="RealSlopes"/>
    public Tensor FakeSlopes() => Slopes(FakeLogits, Fake, SlopeSites.Fake);

    /// <summary>D's slope at other samples: D is shown them too.</summary>
    /// <param name="samples">Shape (B, ...).</param>
    /// <inheritdoc cref="RealSlopes"/>
    public Tensor SlopesAt(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var x = samples.detach().requires_grad_(); // (B, ...)
        return InputGradient.OfLogits(Score(x, Labels), x, Pack).MoveToOuterDisposeScope();
    }

    // Autocast gives logits of 8 bits, too few for averages and sums over them.
    private Tensor Score(Tensor samples, Tensor? labels) => _discriminator.Call(_augment(samples), labels).to(samples.dtype);

    private (Tensor Real, Tensor Fake) ScoreTogether(Tensor? fakeLabels)
    {
        var labels = Labels is null || fakeLabels is null ? null : cat([Labels, fakeLabels]); // (2 B)
        // (2 B) to twice (B)
        var logits = _discriminator.Call(cat([_augment(Real), _augment(Fake)]), labels).to(Real.dtype)
            .split([Real.shape[0], Fake.shape[0]]);
        return (logits[0], logits[1]);
    }

    private Tensor Leaf(Tensor samples, SlopeSites site) => samples.detach().requires_grad_(_sites.HasFlag(site));

    private Tensor Slopes(Tensor logits, Tensor samples, SlopeSites site) => _sites.HasFlag(site)
        ? InputGradient.OfLogits(logits, samples, Pack)
        : throw new InvalidOperationException($"The pass was run without {nameof(SlopeSites)}.{site}: name the site where it is run, as " +
            $"a penalty does in its Sites.");
}
