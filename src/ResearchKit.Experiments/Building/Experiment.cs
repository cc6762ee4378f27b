using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;
using ResearchKit.Experiments.Options;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Runtime;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Building;

/// <summary>What options describe, built: data, networks and the trainer. The same options build the same, number for number.</summary>
public sealed class Experiment : TrainableExperiment
{
    private const int GridImages = 64;
    private const int GridSounds = 32;
    private const int ShownLines = 64;
    private const int GridClips = 16;
    private const int GridColumns = 8;
    private const int MostColumns = 16;

    private Experiment(ExperimentOptions options, Func<Device, LoadedData> load, Action<LatentGenerator, nn.Module>? prepare)
        : base(options)
    {
        var device = ComputeDevice.Parse(options.Run.Device);
        RandomState.Seed(options.Trainer.Seed);
        try
        {
            Data = Own(load(device));
            var (generator, discriminator) = Architectures.For(options.Networks, Data.Shape).Build(options.Networks, Data.Shape);
            (Generator, Discriminator) = (Own(generator).to(device), Own(discriminator).to(device));
            prepare?.Invoke(Generator, Discriminator);
            SeedOwnNumbers();
            Game = GameOf(options);
            foreach (var part in ((IEnumerable<object>)[.. Game.Penalties, .. Game.Augmentations, .. Game.GeneratorPenalties])
                .OfType<IDisposable>())
            {
                Own(part);
            }

            Trainer = Own(new GanTrainer(Generator, Discriminator, Game, Data.Batches, options.Trainer));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>G.</summary>
    public LatentGenerator Generator { get; }

    /// <summary>D.</summary>
    public nn.Module<Tensor, Tensor> Discriminator { get; }

    /// <summary>Loss, penalties and augmentations.</summary>
    public Game Game { get; }

    /// <summary>The trainer, before its first step.</summary>
    public GanTrainer Trainer { get; }

    /// <inheritdoc/>
    public override StepTrainer Training => Trainer;

    /// <inheritdoc/>
    public override DataSummary? Summary => Data.Summary;

    /// <summary>What a sample is.</summary>
    public SampleShape Shape => Data.Shape;

    internal LoadedData Data { get; }

    internal override nn.Module Makers => Generator;

    internal override nn.Module Judges => Discriminator;

    internal override string NetworksName => Architectures.For(Options.Networks, Shape).Name;

    /// <summary>Builds an experiment.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="progress">Told while images are read how many are done, of how many.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together; says which and why.</exception>
    /// <exception cref="DataFileException">The data are missing or damaged.</exception>
    public static Experiment Build(ExperimentOptions options, Action<int, int>? progress = null) => Build(options, progress, null);

    /// <summary>Builds an experiment whose networks do not start as they are built.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="progress">Told while images are read how many are done, of how many.</param>
    /// <param name="prepare">Given both networks before the trainer gets them; null for nothing.</param>
    internal static Experiment Build(ExperimentOptions options, Action<int, int>? progress, Action<LatentGenerator, nn.Module>? prepare)
    {
        Check(options);
        NativeRuntime.EnsureLoaded();
        return new Experiment(options,
            device => DataKinds.Of(options.Data).Load(options.Data, options.Trainer.Seed, device, progress), prepare);
    }

    /// <summary>Builds an experiment without its data, to look at its networks or to time its steps: its samples are zeros.</summary>
    internal static Experiment BuildWithoutData(ExperimentOptions options, SampleShape shape,
        Action<LatentGenerator, nn.Module>? prepare)
    {
        NativeRuntime.EnsureLoaded();
        return new Experiment(options, _ => new LoadedData(shape, new NoBatches(shape, options.Data.Batch)), prepare);
    }

    /// <summary>Checks all that can be checked before data are read: each option, and whether data and networks go together.</summary>
    /// <exception cref="ArgumentException">They do not; says which and why.</exception>
    public static void Check(ExperimentOptions options)
    {
        options.Validate();
        if (TranslationExperiment.Ignored(options) is { } ignored)
        {
            throw new ArgumentException($"The option {ignored} is for trainings from image to image (architecture cyclegan or pix2pix): " +
                "leave it out.");
        }

        var kind = DataKinds.Of(options.Data);
        kind.Check(options.Data);
        Architectures.For(options.Networks, kind.Shape(options.Data));
    }

    internal override IReadOnlyList<(string Ending, byte[] Content)> Shown()
    {
        if (Shape.Kind == SampleKind.Points)
        {
            return [];
        }

        var count = Shape.Kind switch
        {
            SampleKind.Sounds => GridSounds, SampleKind.Lines => ShownLines, SampleKind.Clips => GridClips, _ => GridImages,
        };
        using var z = NormalLatents.Draw(count, Generator.LatentSize, Options.Trainer.Seed);
        // of a generator with few classes a column each, in their order
        var columns = Generator.Labels?.Count is { } classes and <= MostColumns ? classes : GridColumns;
        using var labels = Generator.Labels is null ? null : arange(count).remainder(Generator.Labels.Count);
        using var samples = Trainer.Sample(z, labels: labels);
        if (Shape.Vocabulary is { } vocabulary)
        {
            return [(".txt", TextFile.Encode(vocabulary.Decode(samples)))];
        }

        if (Shape.Kind == SampleKind.Sounds)
        {
            using var sounds = new SoundSet(NetworksName, samples.alias(), Shape.Rate);
            return [(".png", SoundSheet.Of(sounds, columns).Png), (".wav", sounds.Wav())];
        }

        if (Shape.Kind == SampleKind.Clips)
        {
            using var clips = ClipSet.FromSamples(NetworksName, samples);
            return [(".png", ClipSheet.Strip(clips).Png), (".film.png", ClipSheet.Film(clips).Png)];
        }

        using var shown = samples.narrow(0, 0, count - (count % columns));
        return [(".png", ImageGrid.Of(shown, columns).Png)];
    }

    internal override void Save(string path) => GeneratorFile.Save(Generator, path);

    private static Game GameOf(ExperimentOptions options)
    {
        var (game, seed) = (options.Game, options.Trainer.OwnSeed);
        var penalties = new List<IDiscriminatorPenalty>();
        foreach (var entry in DiscriminatorPenalties.All)
        {
            if (game.Penalties.TryGetValue(entry.Name, out var weight) && weight != 0.0)
            {
                var penalty = entry.Create(weight, seed);
                penalties.Add(entry.CanBeLazy && game.PenaltyEvery > 1 ? new LazyPenalty(penalty, game.PenaltyEvery, game.PenaltyOwnStep)
                    : penalty);
            }
        }

        var augmentations = new List<IAugmentation>();
        if (game.Augment is { } name)
        {
            augmentations.Add(Augmentations.All.Find(name).Create(new(game.AugmentProbability, game.AdaSpeed, seed)));
        }

        if (game.Noise is { } noise && noise != 0.0)
        {
            augmentations.Add(new InstanceNoise(noise, seed));
        }

        var generatorPenalties = GeneratorPenalties.All
            .Where(entry => game.Penalties.TryGetValue(entry.Name, out var weight) && weight != 0.0)
            .Select(entry => entry.Create(game.Penalties[entry.Name], seed)).ToList();
        return new Game(AdversarialLosses.All.Find(game.Loss).Create(), penalties, augmentations, generatorPenalties);
    }

    private sealed class NoBatches(SampleShape shape, int batchSize) : IBatchSource
    {
        public int BatchSize => batchSize;

        public long BatchesPerEpoch => long.MaxValue;

        public int Classes => shape.Classes?.Count ?? 0;

        public SamplerPosition Position { get; set; }

        public Batch Next() => new(zeros(shape.Batch(batchSize)), Classes > 0 ? zeros(batchSize, dtype: ScalarType.Int64) : null);
    }
}
