using ResearchKit.Data;
using ResearchKit.Runtime;

namespace ResearchKit.Training;

/// <summary>Trains a discriminator alone, between two fixed distributions: the inner problem of the game, whose value estimates a
/// distance.</summary>
/// <remarks>The inner loop of arXiv:1406.2661, algorithm 1, and arXiv:1701.07875, algorithm 1, by the step that <see cref="GanTrainer"/>
/// takes for D. Of the options it uses those of D: its learning rate (over the fit's own steps), the optimizer with its numbers,
/// <see cref="TrainerOptions.WeightClip"/>, <see cref="TrainerOptions.GradientClip"/>, <see cref="TrainerOptions.Precision"/> and
/// <see cref="TrainerOptions.Threads"/>.</remarks>
public sealed class DiscriminatorFit : IDisposable
{
    private readonly IBatchSource _real;
    private readonly IBatchSource _fake;
    private readonly TrainerOptions _options;
    private readonly DiscriminatorStep _step;

    /// <summary>Prepares the fit. Everything stays the caller's.</summary>
    /// <param name="discriminator">D: samples to logits of shape (B), on its device already.</param>
    /// <param name="game">The game, of which D's half is played.</param>
    /// <param name="real">Real batches, float32.</param>
    /// <param name="fake">Batches of the other distribution, of the same size and shape.</param>
    /// <param name="options">See the remarks.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the batches differ in size, or two parts do not go
    /// together.</exception>
    public DiscriminatorFit(nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource real, IBatchSource fake,
        TrainerOptions options)
    {
        if (real.BatchSize != fake.BatchSize)
        {
            throw new ArgumentException($"Real and generated batches must be of one size, not {real.BatchSize} and {fake.BatchSize}.",
                nameof(fake));
        }

        (_real, _fake, _options) = (real, fake, options);
        _step = new DiscriminatorStep(discriminator, game, real, options);
    }

    /// <summary>Steps done so far.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Does more steps; a later call goes on where this one ends.</summary>
    /// <param name="steps">How many, at least 0.</param>
    /// <exception cref="TrainingDivergedException">D's loss became NaN or infinite.</exception>
    public void Run(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        CpuThreads.Use(_options.Threads);
        using var gradients = enable_grad();
        using var pauses = new CollectionPauses();
        for (var i = 0; i < steps; i++)
        {
            pauses.Renew();
            using var scope = NewDisposeScope();
            _step.Prepare();
            var real = _real.Next(); // (B, ...)
            var d = _step.Run(StepsDone + 1, real, _fake.Next());
            if (!double.IsFinite((d.Terms.Sum() + d.Penalty).to(ScalarType.Float64).item<double>()))
            {
                throw new TrainingDivergedException(StepsDone + 1, "D's loss",
                    "A loss without a bound needs one on D (a penalty, clipped weights, spectral layers); or lower the learning rate.");
            }

            StepsDone++;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _step.Dispose();
}
