using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>One step of the game: D is moved k times, then G once, against the new D.</summary>
internal sealed class AdversarialStep : IResumable, IDisposable
{
    private readonly LatentGenerator _generator;
    private readonly nn.Module<Tensor, Tensor> _discriminator;
    private readonly Game _game;
    private readonly IBatchSource _data;
    private readonly ILatentSource _latents;
    private readonly TrainerOptions _options;
    private readonly NetworkOptimizer _generatorOptimizer;
    private readonly NetworkOptimizer _discriminatorOptimizer;
    private readonly LookAhead? _lookAhead;
    private readonly bool _together;

    public AdversarialStep(
        LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data, ILatentSource latents,
        TrainerOptions options)
    {
        _generator = generator;
        _discriminator = discriminator;
        _game = game;
        _data = data;
        _latents = latents;
        _options = options;
        CombinationRules.Require(discriminator, game, data, options);
        if (options.Precision == Precision.BFloat16)
        {
            Autocast.RequireSupport();
        }

        _generatorOptimizer = new NetworkOptimizer(generator, options.GeneratorLearningRate, options);
        _discriminatorOptimizer = new NetworkOptimizer(discriminator, options.DiscriminatorLearningRate, options);
        if (Device.ToString() != _discriminatorOptimizer.Device.ToString()) // Device has no equality of its own
        {
            throw new ArgumentException($"The generator is on {Device}, the discriminator on {_discriminatorOptimizer.Device}: move " +
                $"both to one device before you build the trainer.", nameof(discriminator));
        }

        _together = SampleWise.Holds(discriminator);
        _lookAhead = options.UnrolledSteps is null ? null : new LookAhead(discriminator, _discriminatorOptimizer, game.Loss, options);
    }

    /// <summary>The networks' device.</summary>
    public Device Device => _generatorOptimizer.Device;

    /// <summary>The networks' dtype.</summary>
    public ScalarType ElementType => _generatorOptimizer.ElementType;

    /// <summary>D.</summary>
    public nn.Module<Tensor, Tensor> Discriminator => _discriminator;

    /// <summary>What D's numbers mean.</summary>
    public LogitKind Logits => _game.Loss.Logits;

    /// <summary>Moves both networks and writes the step's numbers.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="log">Where the numbers go.</param>
    public void Run(long step, StepLog log)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope(); // everything that the step creates ends with it
        TensorFloat32.Use(_options.Precision == Precision.TensorFloat32, Device);
        _generator.train();
        _discriminator.train();
        for (var k = 1; k < _options.DiscriminatorSteps; k++)
        {
            using var inner = NewDisposeScope();
            TrainDiscriminator(step, Fakes(withGraph: false));
        }

        var fake = Fakes(withGraph: true); // (B, ...)
        var d = TrainDiscriminator(step, fake);
        var (generatorLoss, generatorNorm) = TrainGenerator(step, d.Pass.Real.detach(), fake);
        log.Write(d.Pass.Real, d.Pass.RealLogits, d.Pass.FakeLogits, d.Terms.Real, d.Terms.Fake, d.Penalty, d.Norm, generatorLoss,
            generatorNorm);
    }

    public void Save(StateStore state)
    {
        state.Put("global-random", RandomState.Capture()); // dropout and other random layers draw from it
        state.Put("generator", _generator);
        state.Put("discriminator", _discriminator);
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
        state.CopyTo("discriminator", _discriminator);
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
        _discriminatorOptimizer.Dispose();
    }

    private IEnumerable<(string Name, IResumable Part)> Parts
    {
        get
        {
            var all = new List<(string Name, object Part)> { ("generator-optimizer", _generatorOptimizer),
                ("discriminator-optimizer", _discriminatorOptimizer), ("latents", _latents) };
            all.AddRange(_game.Penalties.Select((p, i) => ($"penalty.{i}", (object)p)));
            all.AddRange(_game.Augmentations.Select((a, i) => ($"augmentation.{i}", (object)a)));
            return all.Where(p => p.Part is IResumable).Select(p => (p.Name, (IResumable)p.Part));
        }
    }

    private Tensor Fakes(bool withGraph)
    {
        using var gradients = set_grad_enabled(withGraph);
        var z = _latents.NextBatch(_data.BatchSize).to(ElementType, Device); // (B, Z)
        using var cast = Cast();
        return _generator.call(z).to(ElementType); // (B, ...)
    }

    private (DiscriminatorPass Pass, DiscriminatorTerms Terms, Tensor Penalty, Tensor Norm) TrainDiscriminator(long step, Tensor fake)
    {
        var real = _data.NextBatch().to(ElementType, Device); // (B, ...)
        var due = _game.Penalties.Where(p => p.IsDue(step)).ToList();
        var sites = due.Aggregate(SlopeSites.None, (all, p) => all | p.Sites);
        var (pass, terms, penalty) = Objective();
        var norm = _discriminatorOptimizer.Step(due.Count > 0 ? terms.Sum() + penalty : terms.Sum(), step);
        if (_options.WeightClip is { } bound)
        {
            _discriminatorOptimizer.Clamp(bound);
        }

        foreach (var augmentation in _game.Augmentations)
        {
            augmentation.Observe(pass.RealLogits.detach());
        }

        return (pass, terms, penalty, norm);

        (DiscriminatorPass, DiscriminatorTerms, Tensor) Objective()
        {
            using var cast = Cast();
            var pass = DiscriminatorPass.Run(_discriminator, real, fake, sites, step, Augmentation(step), _together);
            var terms = _game.Loss.Discriminator(pass.RealLogits, pass.FakeLogits);
            return (pass, terms, due.Aggregate(zeros_like(terms.Real), (sum, p) => sum + p.Compute(pass)));
        }
    }

    private (Tensor Loss, Tensor Norm) TrainGenerator(long step, Tensor real, Tensor fake)
    {
        var (loss, descended) = Objective();
        return (loss, _generatorOptimizer.Step(descended, step));

        (Tensor Loss, Tensor Descended) Objective()
        {
            using var cast = Cast();
            var augment = Augmentation(step) ?? (samples => samples);
            var seen = augment(fake); // (B, ...)
            if (_lookAhead is not null)
            {
                var (value, gradient) = _lookAhead.Of(augment(real).detach(), seen.detach(), _options.DiscriminatorLearningRate.At(step));
                return (value, (seen * gradient).sum()); // its gradient by G's weights is that of the look-ahead's loss
            }

            var realLogits = _game.Loss.GeneratorSeesReal ? RealLogits(augment, real) : null; // (B)
            var loss = _game.Loss.Generator(realLogits, _discriminator.call(seen).to(ElementType));
            return (loss, loss);
        }
    }

    // They do not depend on G, so its gradient does not go through them.
    private Tensor RealLogits(Func<Tensor, Tensor> augment, Tensor real)
    {
        using var noGrad = no_grad();
        return _discriminator.call(augment(real)).to(ElementType);
    }

    private Func<Tensor, Tensor>? Augmentation(long step) =>
        _game.Augmentations.Count == 0 ? null : samples => _game.Augmentations.Aggregate(samples, (x, a) => a.Apply(x, step));

    private Autocast? Cast() => _options.Precision == Precision.BFloat16 ? new Autocast(Device.type) : null;

}
