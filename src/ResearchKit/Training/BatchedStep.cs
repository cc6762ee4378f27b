using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.State;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Training;

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
