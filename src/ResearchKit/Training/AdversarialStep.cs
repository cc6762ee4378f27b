using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Training;

/// <summary>One step of the game: D is moved k times, then G once, against the new D.</summary>
internal sealed class AdversarialStep : IDisposable
{
    private readonly LatentGenerator _generator;
    private readonly nn.Module<Tensor, Tensor> _discriminator;
    private readonly IAdversarialLoss _loss;
    private readonly IBatchSource _data;
    private readonly ILatentSource _latents;
    private readonly IReadOnlyList<IDiscriminatorPenalty> _penalties;
    private readonly IReadOnlyList<IAugmentation> _augmentations;
    private readonly int _discriminatorSteps;
    private readonly NetworkOptimizer _generatorOptimizer;
    private readonly NetworkOptimizer _discriminatorOptimizer;

    public AdversarialStep(LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, IAdversarialLoss loss, IBatchSource data, ILatentSource latents, IReadOnlyList<IDiscriminatorPenalty> penalties, IReadOnlyList<IAugmentation> augmentations, TrainerOptions options)
    {
        _generator = generator;
        _discriminator = discriminator;
        _loss = loss;
        _data = data;
        _latents = latents;
        _penalties = penalties;
        _augmentations = augmentations;
        _discriminatorSteps = options.DiscriminatorSteps;
        _generatorOptimizer = new NetworkOptimizer(generator, options.GeneratorLearningRate, options.Beta1, options.Beta2);
        _discriminatorOptimizer = new NetworkOptimizer(discriminator, options.DiscriminatorLearningRate, options.Beta1, options.Beta2);
        if (Device.ToString() != _discriminatorOptimizer.Device.ToString()) // Device has no equality of its own
        {
            throw new ArgumentException($"The generator is on {Device}, the discriminator on {_discriminatorOptimizer.Device}: move both to one device before you build the trainer.", nameof(discriminator));
        }
    }

    /// <summary>The networks' device.</summary>
    public Device Device => _generatorOptimizer.Device;

    /// <summary>The networks' dtype.</summary>
    public ScalarType ElementType => _generatorOptimizer.ElementType;

    /// <summary>Moves both networks.</summary>
    /// <param name="step">The step's number, from 1, for errors.</param>
    /// <returns>The step's numbers, on the CPU.</returns>
    /// <exception cref="TrainingDivergedException">A number is not finite.</exception>
    public StepNumbers Run(long step)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope(); // everything that the step creates ends with it
        _generator.train();
        _discriminator.train();
        var numbers = new StepNumbers();
        for (var k = 1; k < _discriminatorSteps; k++)
        {
            using var inner = NewDisposeScope();
            TrainDiscriminator(step, Fakes(withGraph: false), numbers);
        }

        var fake = Fakes(withGraph: true); // (B, ...)
        var real = TrainDiscriminator(step, fake, numbers);
        TrainGenerator(step, real, fake, numbers);
        numbers.Fetch();
        numbers.RequireFinite(step, real);
        return numbers;
    }

    public void Dispose()
    {
        _generatorOptimizer.Dispose();
        _discriminatorOptimizer.Dispose();
    }

    private Tensor Fakes(bool withGraph)
    {
        using var gradients = set_grad_enabled(withGraph);
        var z = _latents.NextBatch(_data.BatchSize).to(ElementType, Device); // (B, Z)
        return _generator.call(z); // (B, ...)
    }

    private Tensor TrainDiscriminator(long step, Tensor fake, StepNumbers numbers)
    {
        var real = _data.NextBatch().to(ElementType, Device); // (B, ...)
        var due = _penalties.Where(p => p.IsDue(step)).ToList();
        var sites = due.Aggregate(SlopeSites.None, (all, p) => all | p.Sites);
        var pass = DiscriminatorPass.Run(_discriminator, real, fake, sites, step, Augmentation(step));
        var terms = _loss.Discriminator(pass.RealLogits, pass.FakeLogits);
        var penalty = due.Aggregate(zeros_like(terms.Real), (sum, p) => sum + p.Compute(pass));
        var norm = _discriminatorOptimizer.Step(terms.Sum() + penalty);
        foreach (var augmentation in _augmentations)
        {
            augmentation.Observe(pass.RealLogits.detach());
        }

        numbers.SetDiscriminator(terms, penalty, pass.RealLogits, pass.FakeLogits, norm);
        return real;
    }

    private Func<Tensor, Tensor>? Augmentation(long step) =>
        _augmentations.Count == 0 ? null : samples => _augmentations.Aggregate(samples, (x, a) => a.Apply(x, step));

    private void TrainGenerator(long step, Tensor real, Tensor fake, StepNumbers numbers)
    {
        using var frozen = _discriminatorOptimizer.Freeze();
        var augment = Augmentation(step) ?? (samples => samples);
        var realLogits = _loss.GeneratorSeesReal ? _discriminator.call(augment(real)) : null; // (B)
        var loss = _loss.Generator(realLogits, _discriminator.call(augment(fake)));
        var norm = _generatorOptimizer.Step(loss);
        numbers.SetGenerator(loss, norm);
    }
}
