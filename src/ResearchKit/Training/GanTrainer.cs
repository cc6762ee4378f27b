using ResearchKit.Data;
using ResearchKit.Models;

namespace ResearchKit.Training;

/// <summary>Trains a generator against a discriminator, one step for every report that is pulled.</summary>
/// <remarks>
/// Goodfellow et al., arXiv:1406.2661, algorithm 1, with Adam as in arXiv:1511.06434. As in PyTorch's DCGAN tutorial, batch statistics of
/// real and fake samples are never mixed, and G's step reuses the last fake batch that D was trained on. On a GPU the times are the
/// host's: they hold over many steps, not for one.
/// <example><code>foreach (var step in trainer.Run(2000)) { history.Add(step); if (step.Step % 500 == 0) Console.WriteLine(step);
/// }</code></example>
/// </remarks>
public sealed class GanTrainer : StepTrainer
{
    private const int SampleBatch = 256;

    private readonly AdversarialStep _step;

    /// <summary>Prepares the training. The networks must be on their device already, and stay the caller's; so does the data.</summary>
    /// <param name="generator">G: z of shape (B, LatentSize) to samples.</param>
    /// <param name="discriminator">D: samples to logits of shape (B).</param>
    /// <param name="game">What they play; its parts stay the caller's.</param>
    /// <param name="data">The real batches, float32.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="latents">Where z comes from; null for standard normal vectors from the options' seed. Stays the caller's.</param>
    /// <exception cref="ArgumentException">An option is out of its range, two parts do not go together (combining.md), a network has no
    /// parameters, or the networks lie on different devices.</exception>
    public GanTrainer(LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data,
        TrainerOptions options, ILatentSource? latents = null)
        : this(new AdversarialStep(generator, discriminator, game, data, latents, options), generator, discriminator, game, data, options)
    {
    }

    private GanTrainer(AdversarialStep step, LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, Game game,
        IBatchSource data, TrainerOptions options)
        : base(step, generator, game.Loss.Logits, data, options) =>
        (_step, Generator, Discriminator) = (step, generator, discriminator);

    /// <summary>The generator in training.</summary>
    public LatentGenerator Generator { get; }

    /// <summary>The discriminator in training.</summary>
    public nn.Module<Tensor, Tensor> Discriminator { get; }

    /// <summary>Generates samples in evaluation mode, without a gradient; the training is not disturbed.</summary>
    /// <param name="z">Latent vectors, shape (B, LatentSize), on any device.</param>
    /// <param name="averaged">True for the averaged weights (those of the last step where there is no average).</param>
    /// <param name="labels">The samples' classes, int64, shape (B); null for classes as often as the data have them, always the same
    /// ones. A G without classes is not told them.</param>
    /// <returns>Samples, shape (B, ...), float32, on the CPU. The caller disposes them.</returns>
    public Tensor Sample(Tensor z, bool averaged = true, Tensor? labels = null)
    {
        using var noGrad = no_grad();
        using var swap = Prepare(averaged);
        using var scope = NewDisposeScope();
        using var evaluation = new EvaluationMode(Generator);
        var classes = (labels ?? Generator.Labels?.Draw(z.shape[0], seed: 0))?.split(SampleBatch);
        var batches = z.to(_step.ElementType, _step.Device).split(SampleBatch)
            .Select((part, i) => Generator.Call(part, classes?[i]).to(ScalarType.Float32, CPU)).ToList();
        return cat(batches).MoveToOuterDisposeScope();
    }
}
