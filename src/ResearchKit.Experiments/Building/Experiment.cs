using ResearchKit.Data;
using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Building;

/// <summary>What options describe, built: data, networks and the trainer. The same options build the same, number for number.</summary>
public sealed class Experiment : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private Experiment(ExperimentOptions options) => Options = options;

    /// <summary>What it was built from.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The trainer, before its first step.</summary>
    public GanTrainer Trainer { get; private set; } = null!;

    /// <summary>D.</summary>
    public nn.Module<Tensor, Tensor> Discriminator { get; private set; } = null!;

    /// <summary>The pictures that are trained on, on the CPU; null for points.</summary>
    internal ImageSet? Training { get; private set; }

    /// <summary>The pictures that are held out; null where the options hold out none.</summary>
    internal ImageSet? HeldOut { get; private set; }

    /// <summary>What samples go through before D.</summary>
    internal IReadOnlyList<IAugmentation> Augmentations { get; private set; } = [];

    /// <summary>Builds an experiment.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together; says which and why.</exception>
    /// <exception cref="DataFileException">The data are missing or damaged.</exception>
    public static Experiment Build(ExperimentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        NativeRuntime.EnsureLoaded();
        var experiment = new Experiment(options);
        try
        {
            experiment.Build();
            return experiment;
        }
        catch
        {
            experiment.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    private void Build()
    {
        var device = ComputeDevice.Parse(Options.Device);
        RandomState.Seed(Options.Seed);
        var (data, generator, discriminator) = PointSets.Find(Options) is { } points
            ? Points(points, device)
            : StackedSets.PartOf(Options.Data) is null
            ? Images(device)
            : Stacked(device);
        Discriminator = discriminator;
        var penalties = GameParts.Penalties(Options);
        Augmentations = GameParts.Augmentations(Options);
        _owned.AddRange([.. penalties.OfType<IDisposable>(), .. Augmentations.OfType<IDisposable>()]);
        var game = new Game(GameParts.Loss(Options.Loss), penalties, Augmentations);
        Trainer = Own(new GanTrainer(generator, discriminator, game, data, TrainerOptions()));
    }

    private (IBatchSource Data, LatentGenerator G, nn.Module<Tensor, Tensor> D) Points(ToyDistribution distribution, Device device)
    {
        using var drawn = distribution.Sample(Options.Samples == 0 ? 100_000 : Options.Samples, Options.Seed);
        var points = Own(drawn.to(device, copy: true));
        var (generator, inner) = PointNetworks.Build(Options, (int)points.shape[1]);
        Own(generator);
        return (Own(new PointBatches(points, Options.Batch, Options.Seed)), generator.to(device), Own(Packed(inner)).to(device));
    }

    private (IBatchSource Data, LatentGenerator G, nn.Module<Tensor, Tensor> D) Images(Device device)
    {
        (Training, HeldOut) = PictureData.Load(Options);
        Own(Training);
        if (HeldOut is not null)
        {
            Own(HeldOut);
        }

        var images = Own(Training.To(device));
        var (channels, size) = ((int)images.Images.shape[1], (int)images.Images.shape[2]);
        return Networks(Own(new ImageBatches(images, Options.Batch, Options.Seed)), size, channels, device);
    }

    private (IBatchSource Data, LatentGenerator G, nn.Module<Tensor, Tensor> D) Stacked(Device device)
    {
        using var digits = StackedSets.Digits(Options.Data);
        var triples = Own(new StackedDigits(Own(digits.To(device)), Options.Samples == 0 ? StackedDigits.PublishedCount : Options.Samples));
        return Networks(Own(new StackedDigitBatches(triples, Options.Batch, Options.Seed)), digits.Height, channels: 3, device);
    }

    private (IBatchSource Data, LatentGenerator G, nn.Module<Tensor, Tensor> D) Networks(IBatchSource data, int size, int channels,
        Device device)
    {
        var (generator, inner) = PictureNetworks.Build(Options, size, channels);
        Own(generator);
        return (data, generator.to(device), Own(Packed(inner)).to(device));
    }

    private nn.Module<Tensor, Tensor> Packed(nn.Module<Tensor, Tensor> network) =>
        Options.Pack == 1 ? network : new PackedDiscriminator(network, Options.Pack);

    private TrainerOptions TrainerOptions() => new()
    {
        Seed = Options.Seed, Optimizer = Options.Optimizer, GeneratorLearningRate = Options.GeneratorRate,
            DiscriminatorLearningRate = Options.DiscriminatorRate, Beta1 = Options.Beta1, Beta2 = Options.Beta2,
        GradientClip = Options.GradientClip == 0 ? null : Options.GradientClip,
        WeightClip = Options.WeightClip == 0 ? null : Options.WeightClip,
        DiscriminatorSteps = Options.DiscriminatorSteps,
        UnrolledSteps = Options.Unrolled == 0 ? null : Options.Unrolled,
        AverageDecay = Options.Average == 0 ? null : Options.Average,
        AverageHalfLife = Options.AverageHalfLife == 0 ? null : Options.AverageHalfLife,
        Precision = Options.Precision, Threads = Options.Threads,
    };

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }
}
