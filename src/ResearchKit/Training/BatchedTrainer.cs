using ResearchKit.Data;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;

namespace ResearchKit.Training;

/// <summary>One of the trainings that a <see cref="BatchedTrainer"/> does together; its parts stay the caller's.</summary>
/// <param name="Generator">G, as it starts; trained weights come back into it by <see cref="BatchedTrainer.CopyBack"/>.</param>
/// <param name="Discriminator">D, likewise.</param>
/// <param name="Game">What they play; the same for all but for the seeds of augmentations.</param>
/// <param name="Data">The real batches.</param>
/// <param name="Seed">Seeds the noise z, as <see cref="TrainerOptions.Seed"/> does.</param>
public sealed record BatchedTraining(LatentGenerator Generator, nn.Module<Tensor, Tensor> Discriminator, Game Game, IBatchSource Data,
    long Seed);

/// <summary>Trains S games that differ in their seeds as one: each has the numbers of its <see cref="GanTrainer"/>, but for rounding.
/// </summary>
/// <remarks>Each game draws from its own streams. The loss is the sum over the games, so each has its own gradient, and the rules that move
/// weights look at each weight alone. A game whose numbers are no longer finite spoils no other (<see cref="DivergedAt"/>). The losses of a
/// step's report are sums over the games; gradient norms are over all.</remarks>
/// <example><code>using var trainer = new BatchedTrainer(games, new TrainerOptions()); foreach (var step in trainer.Run(2000)) { }
/// trainer.CopyBack(3);</code></example>
public sealed class BatchedTrainer : StepTrainer
{
    private readonly BatchedStep _step;

    /// <summary>Prepares the training. The networks must be on their device already.</summary>
    /// <param name="trainings">What is trained, at least one.</param>
    /// <param name="options">Everything else; its seed is not used.</param>
    /// <exception cref="ArgumentException">Something cannot be batched over seeds, in one sentence; or as for <see cref="GanTrainer"/>.
    /// </exception>
    public BatchedTrainer(IReadOnlyList<BatchedTraining> trainings, TrainerOptions options)
        : this(new BatchedStep(Checked(trainings, options), options), trainings, options)
    {
    }

    private BatchedTrainer(BatchedStep step, IReadOnlyList<BatchedTraining> trainings, TrainerOptions options)
        : base(step, step.Generator, trainings[0].Game.Loss.Logits, step.Data, options, stopsAtNaN: false) => _step = step;

    /// <summary>S.</summary>
    public int Count => _step.Generator.Count;

    /// <summary>For each training the step, from 1, at which G's loss was no longer finite; null where it is. On a GPU this waits for
    /// it.</summary>
    public IReadOnlyList<long?> DivergedAt => _step.Diverged();

    /// <summary>Puts the weights of a training, as they are now, into the networks that it began with.</summary>
    /// <param name="seed">Its index, from 0.</param>
    public void CopyBack(int seed)
    {
        _step.Generator.CopyBack(seed);
        _step.Discriminator.CopyBack(seed);
    }

    /// <summary>The last step's numbers of one training. Penalties and gradient norms are not told apart and are NaN.</summary>
    /// <param name="seed">Its index, from 0.</param>
    public StepReport Report(int seed) => new(StepsDone, EpochsDone, TrainingTime, 0, _step.Game.Numbers(seed));

    private static IReadOnlyList<BatchedTraining> Checked(IReadOnlyList<BatchedTraining> trainings, TrainerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(trainings.Count);
        var (game, pack) = (trainings[0].Game, PackedDiscriminator.PackOf(trainings[0].Discriminator));
        var what = options.UnrolledSteps is not null ? "UnrolledSteps"
            : options.GradientClip is not null ? "GradientClip, a bound on one network's whole gradient,"
            : options.AverageHalfLife is not null ? "AverageHalfLife"
            : options.Group is not null ? "A training that several processes share"
            : game.GeneratorPenalties.Count > 0 ? game.GeneratorPenalties[0].GetType().Name
            : game.Penalties.FirstOrDefault(p => (p is LazyPenalty lazy ? lazy.Inner : p) is not MeanSquareSlope) is { } penalty
                ? penalty.GetType().Name
            : game.Penalties.Count > 0 && pack > 1 ? "a penalty on packs"
            : trainings[0].Data.Classes > 0 ? "a training with classes"
            : !BatchedLoss.IsMeanOverSamples(game.Loss) ? $"{game.Loss.GetType().Name}, which is no mean over single samples,"
            : null;
        return what is null ? trainings
            : throw new ArgumentException($"{what} has no form that is batched over seeds: train these runs one by one.");
    }
}
