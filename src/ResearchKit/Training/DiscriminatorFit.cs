using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Training;

/// <summary>Trains a discriminator alone, between two distributions that stay as they are: the inner problem of the game, whose value
/// estimates a distance.</summary>
/// <remarks>
/// The inner loop of arXiv:1406.2661, algorithm 1, and arXiv:1701.07875, algorithm 1, with the same steps as <see cref="GanTrainer"/>'s for
/// D. Of the options it uses those of D: its learning rate
/// (over the fit's own steps), the optimizer with its numbers, <see cref="TrainerOptions.WeightClip"/>,
/// <see cref="TrainerOptions.GradientClip"/> and <see cref="TrainerOptions.Threads"/>.
/// </remarks>
public sealed class DiscriminatorFit : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _discriminator;
    private readonly Game _game;
    private readonly IBatchSource _real;
    private readonly IBatchSource _fake;
    private readonly TrainerOptions _options;
    private readonly NetworkOptimizer _optimizer;
    private readonly bool _together;

    /// <summary>Prepares the fit. Everything stays the caller's.</summary>
    /// <param name="discriminator">D: samples to logits of shape (B), on its device already.</param>
    /// <param name="game">The game, of which D's half is played.</param>
    /// <param name="real">Real batches, float32.</param>
    /// <param name="fake">Batches of the other distribution, of the same size and shape.</param>
    /// <param name="options">See the remarks.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the batches differ in size, D has no parameters, or two parts do
    /// not go together.</exception>
    public DiscriminatorFit(
        nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource real, IBatchSource fake, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (real.BatchSize != fake.BatchSize)
        {
            throw new ArgumentException($"Real and generated batches must be of one size, not {real.BatchSize} and {fake.BatchSize}.",
                nameof(fake));
        }

        (_discriminator, _game, _real, _fake, _options) = (discriminator, game, real, fake, options);
        CombinationRules.Require(discriminator, game, real, options);
        _optimizer = new NetworkOptimizer(discriminator, options.DiscriminatorLearningRate, options);
        _together = SampleWise.Holds(discriminator);
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
        _discriminator.train();
        using var pauses = new CollectionPauses();
        for (var i = 0; i < steps; i++)
        {
            pauses.Renew();
            Step(StepsDone + 1);
            StepsDone++;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private void Step(long step)
    {
        using var scope = NewDisposeScope();
        var real = _real.NextBatch().to(_optimizer.ElementType, _optimizer.Device); // (B, ...)
        var fake = _fake.NextBatch().to(_optimizer.ElementType, _optimizer.Device); // (B, ...)
        var due = _game.Penalties.Where(p => p.IsDue(step)).ToList();
        var sites = due.Aggregate(SlopeSites.None, (all, p) => all | p.Sites);
        var pass = DiscriminatorPass.Run(_discriminator, real, fake, sites, step, together: _together);
        var loss = due.Aggregate(_game.Loss.Discriminator(pass.RealLogits, pass.FakeLogits).Sum(), (sum, p) => sum + p.Compute(pass));
        if (!double.IsFinite(loss.to(ScalarType.Float64).item<double>()))
        {
            throw new TrainingDivergedException(step, "D's loss",
                "A loss without a bound needs one on D: a penalty, clipped weights or spectral normalisation; or lower the learning rate.");
        }

        _optimizer.Step(loss, step);
        if (_options.WeightClip is { } bound)
        {
            _optimizer.Clamp(bound);
        }
    }
}
