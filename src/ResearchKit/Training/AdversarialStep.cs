using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>One step of the game: D is moved k times, then G once, against the new D.</summary>
internal sealed class AdversarialStep : IGameStep
{
    private readonly LatentGenerator _generator;
    private readonly Game _game;
    private readonly IBatchSource _data;
    private readonly ILatentSource _latents;
    private readonly NormalLatents? _ownLatents;
    private readonly TrainerOptions _options;
    private readonly DiscriminatorStep _discriminator;
    private readonly NetworkOptimizer _generatorOptimizer;
    private readonly ISampleGradient? _sampleGradient;

    public AdversarialStep(LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data,
        ILatentSource? latents, TrainerOptions options)
    {
        _ownLatents = latents is null ? new NormalLatents(generator.LatentSize, options.OwnSeed) : null;
        (_generator, _game, _data, _latents, _options) = (generator, game, data, latents ?? _ownLatents!, options);
        _discriminator = new DiscriminatorStep(discriminator, game, data, options);
        if (game.GeneratorPenalties.Select(p => p.Refuses(generator)).FirstOrDefault(r => r is not null) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(game));
        }

        _generatorOptimizer = new NetworkOptimizer(generator, options.GeneratorLearningRate, options,
            game.GeneratorPenalties.Count == 0 ? null : game.GeneratorPenalties.Max(p => p.Every));
        if (Device.ToString() != _generatorOptimizer.Device.ToString()) // Device has no equality of its own
        {
            throw new ArgumentException($"The generator is on {_generatorOptimizer.Device}, the discriminator on {Device}: move both to " +
                $"one device before you build the trainer.", nameof(discriminator));
        }

        if (CombinationRules.OtherClasses("G", generator, data) is { } problem)
        {
            throw new ArgumentException(problem, nameof(generator));
        }

        if (CombinationRules.Drawing(generator, discriminator, game, options) is { } reason)
        {
            throw new ArgumentException(reason, nameof(generator));
        }

        if (options.Group is { } group)
        {
            IEnumerable<object> parts = [data, .. game.Penalties, .. game.Augmentations, .. game.GeneratorPenalties];
            foreach (var part in parts.OfType<IShared>())
            {
                part.Share(group);
            }

            group.Align(Networks);
        }

        _sampleGradient = generator is IAutoregressiveGenerator policy ? new PolicyGradient(policy, discriminator, options)
            : options.UnrolledSteps is not null ? new LookAhead(discriminator, _discriminator.Optimizer, game.Loss, options)
            : null;
    }

    public Device Device => _discriminator.Optimizer.Device;

    public IEnumerable<nn.Module> Networks => [_generator, _discriminator.Network];

    /// <summary>G's dtype.</summary>
    public ScalarType ElementType => _generatorOptimizer.ElementType;

    /// <summary>Moves both networks and writes the step's numbers. Steps count from 1.</summary>
    public void Run(long step, StepLog log)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope(); // everything that the step creates ends with it
        _discriminator.Prepare();
        _generator.train();
        var byLikelihood = step <= (_options.LikelihoodSteps ?? 0);
        if (byLikelihood && step <= _options.LikelihoodSteps - (_options.DiscriminatorWarmup ?? 0))
        {
            var known = _discriminator.OnDevice(_data.Next().Samples); // (B, V, L)
            var (likelihoodLoss, likelihoodNorm) = RaiseLikelihood(step, known);
            log.WriteWithoutDiscriminator(known, likelihoodLoss, likelihoodNorm);
            return;
        }

        for (var k = 1; k < _options.DiscriminatorSteps; k++)
        {
            using var inner = NewDisposeScope();
            var batch = _data.Next();
            _discriminator.Run(step, batch, Fakes(batch.Labels, withGraph: false));
        }

        var real = _data.Next();
        var takesOver = byLikelihood || _options.GeneratorBatches == 0;
        var fake = Fakes(real.Labels, withGraph: takesOver && !byLikelihood); // (B, ...)
        var d = _discriminator.Run(step, real, fake);
        var (generatorReal, generatorFake) = takesOver ? (d.Pass.Real.detach(), fake) : OwnBatch();
        var (generatorLoss, generatorNorm) = byLikelihood ? RaiseLikelihood(step, generatorReal)
            : TrainGenerator(step, generatorReal, generatorFake);
        Regularize(step, generatorFake.Labels);
        log.Write(d.Pass.Real, d.Pass.RealLogits, d.Pass.FakeLogits, d.Terms.Real, d.Terms.Fake, d.Penalty, d.Norm, generatorLoss,
            generatorNorm);
    }

    public void Save(StateStore state)
    {
        state.Put("global-random", RandomState.Capture()); // dropout and other random layers draw from it
        state.Put("generator", _generator);
        state.Put("discriminator", _discriminator.Network);
        state.Put("data.epoch", _data.Position.Epoch);
        state.Put("data.batch", _data.Position.Batch);
        foreach (var (name, part) in Parts)
        {
            part.Save(state.Under(name));
        }
    }

    public void Load(StateStore state)
    {
        state.CopyTo("generator", _generator);
        state.CopyTo("discriminator", _discriminator.Network);
        _data.Position = new SamplerPosition(state.Whole("data.epoch"), state.Whole("data.batch"));
        foreach (var (name, part) in Parts)
        {
            part.Load(state.Under(name));
        }

        state.Random("global-random").Restore();
    }

    public void Dispose()
    {
        _generatorOptimizer.Dispose();
        _discriminator.Dispose();
        _ownLatents?.Dispose();
        (_sampleGradient as IDisposable)?.Dispose();
    }

    private IEnumerable<(string Name, IResumable Part)> Parts
    {
        get
        {
            (string Name, object Part)[] all =
            [
                ("generator-optimizer", _generatorOptimizer), ("discriminator-optimizer", _discriminator.Optimizer), ("latents", _latents),
                .. _sampleGradient is null ? ((string, object)[])[] : [("sample-gradient", _sampleGradient)],
                .. _game.Penalties.Select((p, i) => ($"penalty.{i}", (object)p)),
                .. _game.Augmentations.Select((a, i) => ($"augmentation.{i}", (object)a)),
                .. _game.GeneratorPenalties.Select((p, i) => ($"generator-penalty.{i}", (object)p)),
            ];
            return all.Where(p => p.Part is IResumable).Select(p => (p.Name, (IResumable)p.Part));
        }
    }

    // What G's step looks at where it does not take over D's last batches: n B samples, with real ones only where the game shows them to G.
    private (Tensor Real, Batch Fake) OwnBatch()
    {
        var needsData = _game.Loss.GeneratorSeesReal || _sampleGradient is LookAhead || _data.Classes > 0;
        Batch[] batches = needsData ? [.. Enumerable.Range(0, _options.GeneratorBatches).Select(_ => _data.Next())] : [];
        var labels = batches.Select(b => b.Labels).OfType<Tensor>().ToArray();
        return (needsData ? _discriminator.OnDevice(cat([.. batches.Select(b => b.Samples)])) : empty(0),
            Fakes(labels.Length == 0 ? null : cat(labels), withGraph: true, _options.GeneratorBatches));
    }

    // Terms that shape G alone, each in a step of its own, on noise of its own.
    private void Regularize(long step, Tensor? labels)
    {
        foreach (var penalty in _game.GeneratorPenalties.Where(p => p.IsDue(step)))
        {
            using var scope = NewDisposeScope();
            _generatorOptimizer.Step(Term(), step);

            Tensor Term()
            {
                using var cast = _discriminator.Cast();
                return penalty.Compute(_generator, Noise(_data.BatchSize), labels?.narrow(0, 0, _data.BatchSize), step);
            }
        }
    }

    private Tensor Noise(int count) => _latents.NextBatch(count).to(ElementType, Device); // (B, Z)

    // Of the same classes as the real samples beside them: each class as often as in the data, and pairs are of one class.
    private Batch Fakes(Tensor? labels, bool withGraph, int batches = 1)
    {
        using var gradients = set_grad_enabled(withGraph);
        var z = Noise(batches * _data.BatchSize); // (B, Z)
        using var cast = _discriminator.Cast();
        return new Batch(_generator.Call(z, labels).to(ElementType), labels); // (B, ...)
    }

    // Maximum likelihood: the mean of -log p over all tokens of real lines.
    private (Tensor Loss, Tensor Norm) RaiseLikelihood(long step, Tensor real)
    {
        var loss = Loss();
        return (loss, _generatorOptimizer.Step(loss, step));

        Tensor Loss()
        {
            using var cast = _discriminator.Cast();
            return -((IAutoregressiveGenerator)_generator).LogProbabilities(real).mean();
        }
    }

    private (Tensor Loss, Tensor Norm) TrainGenerator(long step, Tensor real, Batch fake)
    {
        var (loss, descended) = Objective();
        return (loss, _generatorOptimizer.Step(descended, step));

        (Tensor Loss, Tensor Descended) Objective()
        {
            using var cast = _discriminator.Cast();
            var seen = _discriminator.Augment(fake.Samples, step); // (B, ...)
            if (_sampleGradient is not null)
            {
                var (value, gradient) = _sampleGradient.Of(_discriminator.Augment(real, step).detach(), seen.detach(),
                    fake.Labels, step);
                return (value, (seen * gradient).sum()); // its gradient by G's weights is that of the loss
            }

            var realLogits = _game.Loss.GeneratorSeesReal ? RealLogits(step, real, fake.Labels) : null; // (B)
            var loss = _game.Loss.Generator(realLogits, _discriminator.Network.Call(seen, fake.Labels).to(ElementType));
            return (loss, loss);
        }
    }

    // They do not depend on G, so its gradient does not go through them.
    private Tensor RealLogits(long step, Tensor real, Tensor? labels)
    {
        using var noGrad = no_grad();
        return _discriminator.Network.Call(_discriminator.Augment(real, step), labels).to(ElementType);
    }
}
