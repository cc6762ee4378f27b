using ResearchKit.Data;
using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using ResearchKit.Training.Penalties;
using ResearchKit.Training.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Experiments;

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
        var (data, generator, discriminator) = PointSets.Find(Options.Data) is { } points ? Points(points, device) : Images(device);
        Discriminator = discriminator;
        Augmentations = MakeAugmentations();
        Trainer = Own(new GanTrainer(generator, discriminator, Loss(Options.Loss), data, TrainerOptions(), latents: null, Penalties(), Augmentations));
    }

    private (IBatchSource Data, LatentGenerator G, nn.Module<Tensor, Tensor> D) Points(ToyDistribution distribution, Device device)
    {
        var points = Own(distribution.Sample(Options.Samples == 0 ? 100_000 : Options.Samples, Options.Seed)).to(device);
        var dimensions = (int)points.shape[1];
        var widths = Enumerable.Repeat(Options.Features, Options.Layers).ToArray();
        var shape = new MlpOptions { Widths = widths };
        var normalization = Enum.TryParse<MlpNormalization>(Options.Normalization.ToString(), out var n) ? n : throw new ArgumentException($"Normalization {Options.Normalization} is for pictures; for points choose {string.Join(", ", Enum.GetNames<MlpNormalization>())}.");
        var generator = Own(new MlpGenerator(Options.Latent, dimensions, shape));
        var inner = new MlpDiscriminator(dimensions * Options.Pack, shape with { Normalization = normalization, MinibatchStandardDeviation = Options.MinibatchDeviation });
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
        var generator = Own(new DcganGenerator(size, channels, Options.Features, Options.Latent));
        var inner = new DcganDiscriminator(size, channels * Options.Pack, Options.Features, Options.Normalization, Options.MinibatchDeviation);
        return (Own(new ImageBatches(images, Options.Batch, Options.Seed)), generator.to(device), Own(Packed(inner)).to(device));
    }

    private nn.Module<Tensor, Tensor> Packed(nn.Module<Tensor, Tensor> network) => Options.Pack == 1 ? network : new PackedDiscriminator(network, Options.Pack);

    private static IAdversarialLoss Loss(string name) => name switch
    {
        "minimax" => new MinimaxLoss(),
        "non-saturating" => new NonSaturatingLoss(),
        "least-squares" => new LeastSquaresLoss(),
        "wasserstein" => new WassersteinLoss(),
        "hinge" => new HingeLoss(),
        "relativistic-average" => new RelativisticAverageLoss(),
        "relativistic-pairing" => new RelativisticPairingLoss(),
        _ => throw new ArgumentException($"There is no loss '{name}'; there are minimax, non-saturating, least-squares, wasserstein, hinge, relativistic-average, relativistic-pairing."),
    };

    private List<IDiscriminatorPenalty> Penalties()
    {
        var penalties = new List<IDiscriminatorPenalty>();
        if (Options.GradientPenalty > 0)
        {
            penalties.Add(Own(new WganGpPenalty(Options.GradientPenalty, Options.Seed)));
        }

        foreach (var (gamma, penalty) in new (Schedule, IDiscriminatorPenalty)[] { (Options.R1, new R1Penalty(1)), (Options.R2, new R2Penalty(1)) }.Where(p => p.Item1 != 0.0))
        {
            IDiscriminatorPenalty scheduled = new ScheduledPenalty(penalty, gamma);
            penalties.Add(Options.PenaltyEvery > 1 ? new LazyPenalty(scheduled, Options.PenaltyEvery) : scheduled);
        }

        if (Options.LeCam > 0)
        {
            penalties.Add(Own(new LeCamPenalty(Options.LeCam)));
        }

        if (Options.LabelSmoothing != 0.0)
        {
            penalties.Add(new LabelSmoothing(Options.LabelSmoothing));
        }

        return penalties;
    }

    private List<IAugmentation> MakeAugmentations()
    {
        var augmentations = new List<IAugmentation>();
        switch (Options.Augment)
        {
            case "none":
                break;
            case "diff":
                augmentations.Add(Own(new DiffAugment(seed: Options.Seed)));
                break;
            case "ada":
                augmentations.Add(Own(new AdaptiveAugmentation(new AdaptiveController(speed: Options.AdaSpeed), seed: Options.Seed)));
                break;
            case "quarter-turns":
                augmentations.Add(Own(new AdaptiveAugmentation(Options.AugmentProbability, AdaptiveTransforms.QuarterTurn, Options.Seed)));
                break;
            default:
                throw new ArgumentException($"There is no augmentation '{Options.Augment}'; there are none, diff, ada, quarter-turns.");
        }

        if (Options.Noise != 0.0)
        {
            augmentations.Add(Own(new InstanceNoise(Options.Noise, Options.Seed)));
        }

        return augmentations;
    }

    private TrainerOptions TrainerOptions() => new()
    {
        Seed = Options.Seed, Optimizer = Options.Optimizer, GeneratorLearningRate = Options.GeneratorRate, DiscriminatorLearningRate = Options.DiscriminatorRate, Beta1 = Options.Beta1, Beta2 = Options.Beta2,
        GradientClip = Options.GradientClip == 0 ? null : Options.GradientClip, WeightClip = Options.WeightClip == 0 ? null : Options.WeightClip, DiscriminatorSteps = Options.DiscriminatorSteps,
        UnrolledSteps = Options.Unrolled, AverageDecay = Options.Average, AverageHalfLife = Options.AverageHalfLife == 0 ? null : Options.AverageHalfLife, Precision = Options.Precision, Threads = Options.Threads,
    };

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }
}
