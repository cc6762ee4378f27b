using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Training;

/// <summary>One step of D, whoever trains it: the pass, the loss, the penalties that are due, the optimizer, the clip.</summary>
internal sealed class DiscriminatorStep : IDisposable
{
    private readonly Game _game;
    private readonly TrainerOptions _options;
    private readonly bool _together;

    /// <exception cref="ArgumentException">An option is out of its range, two parts do not go together, or D has no parameters.</exception>
    public DiscriminatorStep(nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data, TrainerOptions options)
    {
        options.Validate();
        CombinationRules.Require(discriminator, game, data, options);
        if (options.Precision == Precision.BFloat16)
        {
            Autocast.RequireSupport();
        }

        (Network, _game, _options) = (discriminator, game, options);
        Optimizer = new NetworkOptimizer(discriminator, options.DiscriminatorLearningRate, options,
            game.Penalties.Select(p => p.OwnStepEvery).Max());
        _together = SampleWise.Holds(discriminator);
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public NetworkOptimizer Optimizer { get; }

    /// <summary>Brings the modes of the device and of D to what training needs; before each step.</summary>
    public void Prepare()
    {
        TensorFloat32.Use(_options.Precision == Precision.TensorFloat32, Optimizer.Device);
        Network.train();
    }

    /// <summary>Moves D once, by real and generated samples of one shape (B, ...), with labels where D asks for them.</summary>
    /// <returns>What D said and what it cost, in the caller's dispose scope; the norm is that of D's gradient.</returns>
    public (DiscriminatorPass Pass, DiscriminatorTerms Terms, Tensor Penalty, Tensor Norm) Run(long step, Batch real, Batch fake)
    {
        real = real with { Samples = OnDevice(real.Samples) }; // (B, ...)
        fake = fake with { Samples = OnDevice(fake.Samples) };
        var due = _game.Penalties.Where(p => p.IsDue(step)).ToLookup(p => p.OwnStepEvery is not null);
        var (pass, terms, penalty) = Objective(due[false]);
        var norm = Optimizer.Step(due[false].Any() ? terms.Sum() + penalty : terms.Sum(), step);
        if (due[true].Any())
        {
            var (look, _, own) = Objective(due[true]);
            Optimizer.Step(own + (look.RealLogits.sum() * 0), step); // every weight moves, as in StyleGAN2's code, if by momentum alone
            penalty = penalty + own.detach();
        }

        if (_options.WeightClip is { } bound)
        {
            Optimizer.Clamp(bound);
        }

        foreach (var augmentation in _game.Augmentations)
        {
            augmentation.Observe(pass.RealLogits.detach());
        }

        return (pass, terms, penalty, norm);

        (DiscriminatorPass Pass, DiscriminatorTerms Terms, Tensor Penalty) Objective(IEnumerable<IDiscriminatorPenalty> penalties)
        {
            using var cast = Cast();
            var sites = penalties.Aggregate(SlopeSites.None, (all, p) => all | p.Sites);
            var pass = DiscriminatorPass.Run(Network, real, fake, sites, step, x => Augment(x, step), _together);
            var terms = _game.Loss.Discriminator(pass.RealLogits, pass.FakeLogits);
            return (pass, terms, penalties.Aggregate(zeros_like(terms.Real), (sum, p) => sum + p.Compute(pass)));
        }
    }

    /// <summary>What D sees of samples. Only networks are cast: an augmentation keeps the samples' precision.</summary>
    public Tensor Augment(Tensor samples, long step)
    {
        using var uncast = _options.Precision == Precision.BFloat16 ? new Autocast(Optimizer.Device.type, on: false) : null;
        return _game.Augmentations.Aggregate(samples, (x, a) => a.Apply(x, step));
    }

    /// <summary>Samples on the networks' device, in their dtype.</summary>
    public Tensor OnDevice(Tensor samples) => samples.to(Optimizer.ElementType, Optimizer.Device);

    /// <summary>The passes' arithmetic, until it is disposed.</summary>
    public Autocast? Cast() => _options.Precision == Precision.BFloat16 ? new Autocast(Optimizer.Device.type) : null;

    public void Dispose() => Optimizer.Dispose();
}
