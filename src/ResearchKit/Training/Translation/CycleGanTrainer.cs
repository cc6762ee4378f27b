using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models.Translation;

namespace ResearchKit.Training.Translation;

/// <summary>CycleGAN's networks: two generators, and a discriminator for each domain.</summary>
/// <param name="AToB">Turns images of A into images of B.</param>
/// <param name="BToA">Turns images of B into images of A.</param>
/// <param name="OfA">Judges images of A: to logits of any shape.</param>
/// <param name="OfB">Judges images of B.</param>
public sealed record CycleNetworks(ImageTranslator AToB, ImageTranslator BToA, nn.Module<Tensor, Tensor> OfA,
    nn.Module<Tensor, Tensor> OfB);

/// <summary>Trains CycleGAN: two generators, between two sets of images without pairs, one step for every report that is pulled.</summary>
/// <remarks>
/// Zhu et al., arXiv:1703.10593, as in the authors' PyTorch code: in a step both generators move together against discriminators that
/// stand still, then each discriminator moves on real images and on images of its pool. D's losses are halved. The authors train on batches
/// of one with least squares, Adam 2e-4 (0.5, 0.999), the rate going to 0 over the second half.
/// <example><code>using var trainer = new CycleGanTrainer(networks, new LeastSquaresLoss(), horses, zebras);
/// foreach (var step in trainer.Run(2000)) { Console.WriteLine(step.ReconstructionLoss); }</code></example>
/// </remarks>
public sealed class CycleGanTrainer : StepTrainer
{
    private readonly CycleStep _step;
    private readonly CycleNetworks _networks;

    /// <summary>Prepares the training. The networks must be on one device already, and stay the caller's; so do the data.</summary>
    /// <param name="networks">The four networks.</param>
    /// <param name="loss">What each generator and its discriminator play; least squares in the paper.</param>
    /// <param name="a">Images of A, float32, [-1, 1]; epochs count by them.</param>
    /// <param name="b">Images of B, in batches of the same size.</param>
    /// <param name="translation">Weights and pools; null for the paper's.</param>
    /// <param name="options">Everything else; null for the paper's, without its schedule.</param>
    /// <exception cref="ArgumentException">An option is out of its range or has no meaning here, networks do not fit together, the batches
    /// are of two sizes, or the networks lie on different devices.</exception>
    public CycleGanTrainer(CycleNetworks networks, IAdversarialLoss loss, IBatchSource a, IBatchSource b,
        TranslationOptions? translation = null, TrainerOptions? options = null)
        : this(networks, new Translators(networks.AToB, networks.BToA), loss, a, b, translation ?? new TranslationOptions(),
            options ?? new TrainerOptions())
    {
    }

    private CycleGanTrainer(CycleNetworks networks, Translators both, IAdversarialLoss loss, IBatchSource a, IBatchSource b,
        TranslationOptions translation, TrainerOptions options)
        : this(Checked(networks, both, loss, a, b, translation, options), networks, both, loss, a, options)
    {
    }

    private CycleGanTrainer(CycleStep step, CycleNetworks networks, Translators both, IAdversarialLoss loss, IBatchSource a,
        TrainerOptions options)
        : base(step, both, loss.Logits, a, options) => (_step, _networks) = (step, networks);

    /// <summary>Translates images in evaluation mode, without a gradient; the training is not disturbed.</summary>
    /// <param name="images">Shape (B, C, H, W), [-1, 1], on any device.</param>
    /// <param name="toB">True from A to B, false from B to A.</param>
    /// <param name="averaged">True for the averaged weights (those of the last step where there is no average).</param>
    /// <returns>Shape (B, C, H, W), float32, on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The images' sides do not fit the generator (<see cref="ImageTranslator.SizeStep"/>).</exception>
    public Tensor Translate(Tensor images, bool toB = true, bool averaged = true)
    {
        using var swap = Prepare(averaged);
        return TranslationPass.Of(toB ? _networks.AToB : _networks.BToA, images, _step.ElementType, _step.Device);
    }

    private static CycleStep Checked(CycleNetworks networks, Translators both, IAdversarialLoss loss, IBatchSource a, IBatchSource b,
        TranslationOptions translation, TrainerOptions options)
    {
        translation.Validate();
        var (ofA, ofB) = (networks.AToB.Inputs, networks.AToB.Outputs);
        var problem = translation.IdentityWeight is not null && ofA != ofB
                ? $"The identity loss gives a generator images of its target, and here A has {ofA} channels and B {ofB}: set " +
                    "IdentityWeight to null."
            : a.BatchSize != b.BatchSize ? $"A batch has {a.BatchSize} images of A and {b.BatchSize} of B: make the numbers equal."
            : null;
        return problem is null ? new CycleStep(networks, both, loss, a, b, translation, options)
            : throw new ArgumentException(problem, nameof(networks));
    }
}
