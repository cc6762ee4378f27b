using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.State;
using ResearchKit.Training.Augmentation;

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

/// <summary>The step of a batched training, and when each of its games diverged.</summary>
internal sealed class BatchedStep : IGameStep
{
    private readonly AdversarialStep _inner;
    private readonly BatchedLatents _latents;
    private readonly long?[] _diverged;

    public BatchedStep(IReadOnlyList<BatchedTraining> trainings, TrainerOptions options)
    {
        var seeds = trainings.Count;
        Generator = new BatchedGenerator([.. trainings.Select(t => t.Generator)]);
        Discriminator = new BatchedDiscriminator([.. trainings.Select(t => t.Discriminator)]);
        Data = new BatchedBatches([.. trainings.Select(t => t.Data)]);
        var game = trainings[0].Game;
        Game = new BatchedLoss(game.Loss, seeds, Generator.parameters().First().device);
        _latents = new BatchedLatents([.. trainings.Select(t => new NormalLatents(t.Generator.LatentSize, t.Seed))]);
        _diverged = new long?[seeds];
        var augmentations = game.Augmentations.Select((_, i) => new BatchedAugmentation([.. trainings
            .Select(t => t.Game.Augmentations[i])]));
        _inner = new AdversarialStep(Generator, Discriminator, new Game(Game, [.. game.Penalties.Select(p => new BatchedPenalty(p, seeds))],
            [.. augmentations]), Data, _latents, options);
    }

    public BatchedGenerator Generator { get; }

    public BatchedDiscriminator Discriminator { get; }

    public BatchedBatches Data { get; }

    public BatchedLoss Game { get; }

    public Device Device => _inner.Device;

    public IEnumerable<nn.Module> Networks => _inner.Networks;

    public void Run(long step, StepLog log)
    {
        _inner.Run(step, log);
        if (Game.IsFull)
        {
            Diverged();
        }
    }

    public IReadOnlyList<long?> Diverged()
    {
        Game.Take(_diverged);
        return _diverged;
    }

    public void Save(StateStore state) => _inner.Save(state);

    public void Load(StateStore state) => _inner.Load(state);

    public void Dispose()
    {
        _inner.Dispose();
        _latents.Dispose();
        Game.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
    }
}

/// <summary>The sum of S games' losses, of logits in rows b S + s. Keeps the last logits, and G's mean logit of each game in each step,
/// which tells on the device, without a wait, when a game diverged.</summary>
internal sealed class BatchedLoss(IAdversarialLoss inner, int seeds, Device device) : IAdversarialLoss, IDisposable
{
    private readonly Tensor _means = zeros(StepLog.Capacity, seeds, ScalarType.Float64, device).DetachFromDisposeScope();
    private readonly Tensor?[] _last = new Tensor?[4]; // D's real, D's fake, G's real, G's fake
    private long _steps;
    private int _rows;

    public bool GeneratorSeesReal => inner.GeneratorSeesReal;

    public LogitKind Logits => inner.Logits;

    public bool IsFull => _rows == StepLog.Capacity;

    // Of two games side by side: the mean of their losses, or something that mixes them?
    public static bool IsMeanOverSamples(IAdversarialLoss loss)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { 0.5, -3, 2, 0.25 }), tensor(new[] { -1.5, 1, 0.75, 4 }));
        double[] Values(Tensor r, Tensor f) =>
            [loss.Discriminator(r, f).Real.item<double>(), loss.Discriminator(r, f).Fake.item<double>(),
                loss.Generator(loss.GeneratorSeesReal ? r : null, f).item<double>()];
        var parts = Enumerable.Range(0, 2).Select(s => Values(real.narrow(0, 2 * s, 2), fake.narrow(0, 2 * s, 2))).ToArray();
        return Values(real, fake).Zip(parts[0].Zip(parts[1])).All(v => Math.Abs(v.First - ((v.Second.First + v.Second.Second) / 2)) < 1e-9);
    }

    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        Keep(0, realLogits);
        Keep(1, fakeLogits);
        var (real, fake) = inner.Discriminator(realLogits, fakeLogits);
        return new DiscriminatorTerms(real * seeds, fake * seeds);
    }

    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        Keep(2, realLogits);
        Keep(3, fakeLogits);
        using (no_grad())
        {
            using var row = _means[_rows++];
            using var means = fakeLogits.view(-1, seeds).mean([0]);
            row.copy_(means);
        }

        _steps++;
        using var loss = inner.Generator(realLogits, fakeLogits);
        return loss * seeds;
    }

    public void Take(long?[] diverged)
    {
        using var scope = NewDisposeScope();
        var values = _means.narrow(0, 0, _rows).cpu().data<double>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                diverged[i % seeds] ??= _steps - _rows + (i / seeds) + 1;
            }
        }

        _rows = 0;
    }

    // In the order of StepQuantity.
    public double[] Numbers(int seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var logits = _last.Select(l => l?.view(-1, seeds).select(1, seed)).ToArray();
        if (logits[0] is not { } real || logits[1] is not { } fake || logits[3] is not { } generated)
        {
            return [];
        }

        var terms = inner.Discriminator(real, fake);
        var border = inner.Logits switch
        {
            LogitKind.LogOdds or LogitKind.Margin => 0, LogitKind.Label => 0.5,
            _ => (Number(real.mean()) + Number(fake.mean())) / 2,
        };
        return [Number(terms.Real), Number(terms.Fake), double.NaN, Number(inner.Generator(logits[2], generated)),
            Number(real.sigmoid().mean()), Number(fake.sigmoid().mean()), double.NaN, double.NaN,
            (1 + Number((real - border).sign().mean())) / 2, (1 + Number((border - fake).sign().mean())) / 2];
    }

    public void Dispose()
    {
        _means.Dispose();
        Array.ForEach(_last, l => l?.Dispose());
    }

    private static double Number(Tensor value) => value.to(ScalarType.Float64).item<double>();

    private void Keep(int place, Tensor? logits)
    {
        _last[place]?.Dispose();
        _last[place] = logits?.detach().DetachFromDisposeScope();
    }
}

/// <summary>A penalty that is a mean over samples, as the sum over S games.</summary>
internal sealed class BatchedPenalty(IDiscriminatorPenalty inner, int seeds) : IDiscriminatorPenalty
{
    public SlopeSites Sites => inner.Sites;

    public int? OwnStepEvery => inner.OwnStepEvery;

    public string? Refuses(IAdversarialLoss loss) => inner.Refuses(loss);

    public bool IsDue(long step) => inner.IsDue(step);

    public Tensor Compute(DiscriminatorPass pass)
    {
        using var term = inner.Compute(pass);
        return term * seeds;
    }
}

/// <summary>The batches of S games side by side: sample b of game s is row b S + s.</summary>
internal sealed class BatchedBatches(IReadOnlyList<IBatchSource> sources) : IBatchSource
{
    public int BatchSize => sources[0].BatchSize * sources.Count;

    public long BatchesPerEpoch => sources[0].BatchesPerEpoch;

    public SamplerPosition Position
    {
        get => sources[0].Position;
        set => sources.ToList().ForEach(s => s.Position = value);
    }

    public Batch Next()
    {
        using var scope = NewDisposeScope();
        return stack([.. sources.Select(s => s.Next().Samples)], 1).flatten(0, 1).MoveToOuterDisposeScope(); // (B S, ...)
    }
}

/// <summary>The noise of S games side by side, each from its own stream.</summary>
internal sealed class BatchedLatents(IReadOnlyList<NormalLatents> streams) : ILatentSource, IResumable, IDisposable
{
    public Tensor NextBatch(int count)
    {
        using var scope = NewDisposeScope();
        return stack([.. streams.Select(s => s.NextBatch(count / streams.Count))], 1).flatten(0, 1).MoveToOuterDisposeScope(); // (B S, Z)
    }

    public void Save(StateStore state) => streams.Index().ToList().ForEach(s => s.Item.Save(state.Under($"{s.Index}")));

    public void Load(StateStore state) => streams.Index().ToList().ForEach(s => s.Item.Load(state.Under($"{s.Index}")));

    public void Dispose() => streams.ToList().ForEach(s => s.Dispose());
}

/// <summary>An augmentation of S games, each from its own stream.</summary>
internal sealed class BatchedAugmentation(IReadOnlyList<IAugmentation> each) : IAugmentation, IResumable
{
    public bool NeedsImages => each[0].NeedsImages;

    public string? Refuses(IAdversarialLoss loss) => each[0].Refuses(loss);

    public Tensor Apply(Tensor samples, long step)
    {
        using var scope = NewDisposeScope();
        var x = samples.unflatten(0, -1, each.Count); // (B, S, ...)
        return stack([.. each.Select((a, s) => a.Apply(x.select(1, s), step))], 1).flatten(0, 1).MoveToOuterDisposeScope();
    }

    public void Observe(Tensor realLogits)
    {
        using var scope = NewDisposeScope();
        var logits = realLogits.view(-1, each.Count); // (B, S)
        each.Index().ToList().ForEach(a => a.Item.Observe(logits.select(1, a.Index)));
    }

    public void Save(StateStore state) =>
        each.Index().ToList().ForEach(a => (a.Item as IResumable)?.Save(state.Under($"{a.Index}")));

    public void Load(StateStore state) =>
        each.Index().ToList().ForEach(a => (a.Item as IResumable)?.Load(state.Under($"{a.Index}")));
}
