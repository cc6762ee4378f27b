using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training.Translation;

/// <summary>What the steps of the trainings from image to image share: the generators move together, each discriminator by
/// itself.</summary>
internal abstract class TranslationStep : IGameStep
{
    private readonly TrainerOptions _options;
    private readonly NetworkOptimizer _optimizer;

    protected TranslationStep(nn.Module translators, IEnumerable<nn.Module<Tensor, Tensor>> discriminators, IAdversarialLoss loss,
        IReadOnlyList<IBatchSource> data, TranslationOptions translation, TrainerOptions options)
    {
        options.Validate();
        translation.Validate();
        if (Unused(options) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (Translators, Loss, Data, Translation, _options) = (translators, loss, data, translation, options);
        Discriminators = [.. discriminators.Select(d => new DiscriminatorStep(d, new Game(new HalvedLoss(loss)), data[0], options))];
        if (options.Group is { } group)
        {
            foreach (var source in data.OfType<IShared>())
            {
                source.Share(group);
            }

            group.Align(Networks);
        }

        _optimizer = new NetworkOptimizer(translators, options.GeneratorLearningRate, options);
        if (Discriminators.FirstOrDefault(d => d.Optimizer.Device.ToString() != Device.ToString()) is { } other)
        {
            throw new ArgumentException($"The generator is on {Device}, a discriminator on {other.Optimizer.Device}: move all networks " +
                "to one device before you build the trainer.", nameof(discriminators));
        }
    }

    public Device Device => _optimizer.Device;

    public ScalarType ElementType => _optimizer.ElementType;

    public IEnumerable<nn.Module> Networks => [Translators, .. Discriminators.Select(d => d.Network)];

    protected nn.Module Translators { get; }

    protected IAdversarialLoss Loss { get; }

    protected IReadOnlyList<IBatchSource> Data { get; }

    protected TranslationOptions Translation { get; }

    protected IReadOnlyList<DiscriminatorStep> Discriminators { get; }

    /// <summary>Parts that have a state beside networks and data.</summary>
    protected virtual IEnumerable<(string Name, IResumable Part)> Parts => [];

    public void Run(long step, StepLog log)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope(); // everything that the step creates ends with it
        TensorFloat32.Use(_options.Precision == Precision.TensorFloat32, Device);
        foreach (var discriminator in Discriminators)
        {
            discriminator.Prepare();
        }

        Translators.train();
        Move(step, log);
    }

    public void Save(StateStore state)
    {
        state.Put("global-random", RandomState.Capture()); // dropout draws from it
        state.Put("translators", Translators);
        foreach (var (i, discriminator) in Discriminators.Index())
        {
            state.Put($"discriminator.{i}", discriminator.Network);
        }

        foreach (var (i, data) in Data.Index())
        {
            state.Put($"data.{i}.epoch", data.Position.Epoch);
            state.Put($"data.{i}.batch", data.Position.Batch);
        }

        foreach (var (name, part) in AllParts)
        {
            part.Save(state.Under(name));
        }
    }

    public void Load(StateStore state)
    {
        state.CopyTo("translators", Translators);
        foreach (var (i, discriminator) in Discriminators.Index())
        {
            state.CopyTo($"discriminator.{i}", discriminator.Network);
        }

        foreach (var (i, data) in Data.Index())
        {
            data.Position = new SamplerPosition(state.Whole($"data.{i}.epoch"), state.Whole($"data.{i}.batch"));
        }

        foreach (var (name, part) in AllParts)
        {
            part.Load(state.Under(name));
        }

        state.Random("global-random").Restore();
    }

    public virtual void Dispose()
    {
        _optimizer.Dispose();
        foreach (var discriminator in Discriminators)
        {
            discriminator.Dispose();
        }
    }

    /// <summary>Moves all networks and writes the numbers.</summary>
    protected abstract void Move(long step, StepLog log);

    /// <summary>Moves the generators down the gradient of a loss.</summary>
    /// <returns>The gradient's norm.</returns>
    protected Tensor MoveTranslators(Tensor loss, long step) => _optimizer.Step(loss, step);

    /// <summary>The next images of a source, on the networks' device.</summary>
    protected Tensor Next(int source = 0) => Data[source].Next().Samples.to(ElementType, Device);

    /// <summary>A network's output, in the parameters' dtype.</summary>
    protected Tensor Apply(nn.Module<Tensor, Tensor> network, Tensor x) => network.call(x).to(ElementType);

    /// <summary>What a generator loses against a discriminator that sees its images.</summary>
    protected Tensor Adversarial(nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake)
    {
        Tensor? realLogits = null;
        if (Loss.GeneratorSeesReal)
        {
            using var noGrad = no_grad();
            realLogits = Apply(discriminator, real);
        }

        return Loss.Generator(realLogits, Apply(discriminator, fake));
    }

    /// <summary>The passes' arithmetic, until it is disposed.</summary>
    protected Autocast? Cast() => _options.Precision == Precision.BFloat16 ? new Autocast(Device.type) : null;

    private IEnumerable<(string Name, IResumable Part)> AllParts =>
    [
        ("translators-optimizer", _optimizer),
        .. Discriminators.Select((d, i) => ($"discriminator-optimizer.{i}", (IResumable)d.Optimizer)),
        .. Parts,
    ];

    // Something that is set and not looked at would deceive.
    private static string? Unused(TrainerOptions options) =>
        options.DiscriminatorSteps > 1 ? "A training from image to image moves D once a step: set DiscriminatorSteps to 1."
        : options.GeneratorBatches > 0 ? "A training from image to image has no batches of noise: set GeneratorBatches to 0."
        : options.UnrolledSteps is not null ? "A training from image to image does not look ahead: leave UnrolledSteps out."
        : options is { LikelihoodSteps: not null } or { DiscriminatorWarmup: not null } or { Rollouts: not null }
            or { RewardBaseline: true }
            ? "A training from image to image draws no tokens: leave LikelihoodSteps, DiscriminatorWarmup, Rollouts, RewardBaseline out."
        : null;
}
