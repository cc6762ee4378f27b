using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models.Translation;

namespace ResearchKit.Training.Translation;

/// <summary>Trains pix2pix: a generator between two kinds of images that come in pairs, one step for every report that is
/// pulled.</summary>
/// <remarks>
/// Isola et al., arXiv:1611.07004, as in the authors' code: D sees the input beside the output, and moves first; its loss is halved. G
/// minimises the adversarial loss and 100 times the L1 error. The authors train on batches of one, Adam 2e-4 (0.5, 0.999).
/// </remarks>
public sealed class Pix2PixTrainer : StepTrainer
{
    private readonly PairedStep _step;
    private readonly ImageTranslator _translator;

    /// <summary>Prepares the training. The networks must be on one device already, and stay the caller's; so do the data.</summary>
    /// <param name="translator">G: input to output.</param>
    /// <param name="discriminator">D: input and output, their channels one after the other, to logits of any shape. Null only where
    /// <see cref="TranslationOptions.Adversarial"/> is false; then none is used.</param>
    /// <param name="loss">What both play; <see cref="NonSaturatingLoss"/> in the paper.</param>
    /// <param name="pairs">Pairs, float32, [-1, 1]: the channels of the input, then those of the output.</param>
    /// <param name="translation">The weight of the L1 error; null for the paper's.</param>
    /// <param name="options">Everything else; null for the paper's.</param>
    /// <exception cref="ArgumentException">An option is out of its range or has no meaning here, the pairs do not fit G, nothing is left
    /// to learn from, or the networks lie on different devices.</exception>
    public Pix2PixTrainer(ImageTranslator translator, nn.Module<Tensor, Tensor>? discriminator, IAdversarialLoss loss, IBatchSource pairs,
        TranslationOptions? translation = null, TrainerOptions? options = null)
        : this(Checked(translator, discriminator, loss, pairs, translation ?? new TranslationOptions(), options ?? new TrainerOptions()),
            translator, loss, pairs, options ?? new TrainerOptions())
    {
    }

    private Pix2PixTrainer(PairedStep step, ImageTranslator translator, IAdversarialLoss loss, IBatchSource pairs, TrainerOptions options)
        : base(step, translator, loss.Logits, pairs, options) => (_step, _translator) = (step, translator);

    /// <summary>Translates images without a gradient; the training is not disturbed.</summary>
    /// <param name="images">Shape (B, C, H, W), [-1, 1], on any device.</param>
    /// <param name="averaged">True for the averaged weights (those of the last step where there is no average).</param>
    /// <param name="asTrained">True for the authors' way: dropout stays on (from a fixed seed) and each image is normalised by its own
    /// statistics. False for evaluation mode.</param>
    /// <returns>Shape (B, C, H, W), float32, on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The images' sides do not fit the generator (<see cref="ImageTranslator.SizeStep"/>).</exception>
    public Tensor Translate(Tensor images, bool averaged = true, bool asTrained = false)
    {
        using var swap = Prepare(averaged);
        return TranslationPass.Of(_translator, images, _step.ElementType, _step.Device, asTrained);
    }

    private static PairedStep Checked(ImageTranslator translator, nn.Module<Tensor, Tensor>? discriminator, IAdversarialLoss loss,
        IBatchSource pairs, TranslationOptions translation, TrainerOptions options)
    {
        var start = pairs.Position;
        using var batch = pairs.Next();
        pairs.Position = start;
        var problem = batch.Samples.dim() != 4 || batch.Samples.shape[1] != translator.Inputs + translator.Outputs
                ? $"A pair has the {translator.Inputs} channels of the input and the {translator.Outputs} of the output, and the batches " +
                    $"have shape ({string.Join(", ", batch.Samples.shape)}): lay the channels of both images one after the other."
            : discriminator is null && translation.Adversarial
                ? "There is no discriminator: give one, or set Adversarial to false for the L1 error alone."
            : !translation.Adversarial && translation.L1Weight is null
                ? "Without Adversarial and without L1Weight there is nothing to learn from: give one of the two."
            : null;
        var adversary = translation.Adversarial ? discriminator : null;
        return problem is null ? new PairedStep(translator, adversary, loss, pairs, translation, options)
            : throw new ArgumentException(problem, nameof(pairs));
    }
}
