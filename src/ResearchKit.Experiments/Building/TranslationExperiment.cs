using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Models.Translation;
using ResearchKit.Runtime;
using ResearchKit.Training.Translation;

namespace ResearchKit.Experiments.Building;

/// <summary>What options of a training from image to image describe, built: CycleGAN without pairs, or pix2pix with them.</summary>
public sealed class TranslationExperiment : TrainableExperiment
{
    private const int ShownImages = 16;

    private static readonly string[] Unused =
    [
        "scale", "latent", "normalization", "conditional", "minibatchDeviation", "pack", "penaltyEvery", "penaltyOwnStep", "augment",
        "augmentProbability", "adaSpeed", "noise", "discriminatorSteps", "generatorBatches", "unrolledSteps",
        "likelihoodSteps", "discriminatorWarmup", "rollouts", "rewardBaseline", "filters",
    ];

    private readonly TranslationArchitecture _architecture;
    private readonly nn.Module _judges;
    private readonly LoadedData _a;
    private readonly LoadedData _b;
    private readonly Func<Tensor, bool, Tensor> _translate;

    private TranslationExperiment(ExperimentOptions options, Action<int, int>? progress)
        : base(options)
    {
        var device = ComputeDevice.Parse(options.Run.Device);
        var seed = options.Trainer.Seed;
        RandomState.Seed(seed);
        try
        {
            _architecture = TranslationArchitectures.All.Find(options.Networks.Architecture);
            _a = Own(DataKinds.Of(options.Data).Load(options.Data, seed, device, progress));
            // partners have the same place in both; without pairs the orders must not be one
            var other = Other(options);
            _b = Own(DataKinds.Of(other).Load(other, _architecture.IsPaired ? seed : unchecked(seed + 1), device, progress));
            var (inputs, outputs, size) = (_a.Shape.Channels, _b.Shape.Channels, _a.Shape.Size);
            if (Mismatch(_a, _b, options, _architecture) is { } problem)
            {
                throw new ArgumentException(problem);
            }

            var loss = AdversarialLosses.All.Find(options.Game.Loss).Create();
            var there = Own(_architecture.Translator(options.Networks, size, inputs, outputs)).to(device);
            if (_architecture.IsPaired)
            {
                var d = Own(_architecture.Discriminator(options.Networks, size, inputs + outputs)).to(device);
                Networks = Own(new Translators(there));
                SeedOwnNumbers();
                _judges = d;
                var trainer = Own(new Pix2PixTrainer(there, d, loss, new PairedBatches(_a.Batches, _b.Batches), options.Translation,
                    options.Trainer));
                (Training, _translate) = (trainer, (x, _) => trainer.Translate(x));
            }
            else
            {
                var back = Own(_architecture.Translator(options.Networks, size, outputs, inputs)).to(device);
                var ofA = Own(_architecture.Discriminator(options.Networks, size, inputs)).to(device);
                var ofB = Own(_architecture.Discriminator(options.Networks, size, outputs)).to(device);
                Networks = Own(new Translators(there, back));
                SeedOwnNumbers();
                _judges = new OfBoth(ofA, ofB);
                var trainer = Own(new CycleGanTrainer(new CycleNetworks(there, back, ofA, ofB), loss, _a.Batches, _b.Batches,
                    options.Translation, options.Trainer));
                (Training, _translate) = (trainer, (x, toB) => trainer.Translate(x, toB));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The generators.</summary>
    public Translators Networks { get; }

    /// <inheritdoc/>
    public override StepTrainer Training { get; }

    /// <inheritdoc/>
    public override DataSummary? Summary => _a.Summary;

    /// <inheritdoc/>
    public override DataSummary? OtherSummary => _b.Summary;

    /// <summary>What it learns from.</summary>
    internal (IBatchSource A, IBatchSource B) Batches => (_a.Batches, _b.Batches);

    internal override nn.Module Makers => Networks;

    internal override nn.Module Judges => _judges;

    internal override string NetworksName => _architecture.Name;

    /// <summary>Translates images from A to B, with the averaged weights.</summary>
    /// <param name="images">Shape (B, C, H, W), [-1, 1].</param>
    /// <returns>Shape (B, C, H, W), float32, on the CPU. The caller disposes it.</returns>
    internal Tensor Translate(Tensor images) => _translate(images, true);

    /// <summary>Images of both domains that are not trained on, where there are some, [-1, 1].</summary>
    internal (Tensor A, Tensor B) HeldOut(int most = int.MaxValue) =>
        (Some(_a, Options.Data, most), Some(_b, Other(Options), most));

    /// <summary>Builds an experiment.</summary>
    /// <inheritdoc cref="Experiment.Build(ExperimentOptions, Action{int, int}?)"/>
    public static TranslationExperiment Build(ExperimentOptions options, Action<int, int>? progress = null)
    {
        Check(options);
        NativeRuntime.EnsureLoaded();
        return new TranslationExperiment(options, progress);
    }

    /// <inheritdoc cref="Experiment.Check"/>
    public static void Check(ExperimentOptions options)
    {
        options.Validate();
        var architecture = TranslationArchitectures.All.Find(options.Networks.Architecture);
        if (ExperimentOption.All.FirstOrDefault(o => o.Text(options) != o.Default && Ignores(o, architecture)) is { } ignored)
        {
            throw new ArgumentException($"The option {ignored.Name} has no meaning for {architecture.Name}: leave it at " +
                $"{ignored.Default}.");
        }

        if (options.Data.DataB is null)
        {
            throw new ArgumentException($"{architecture.Name} learns from two sets of images: name the one that goes in with --data " +
                $"(data), and the one that should come out with --data-b (dataB).");
        }

        foreach (var data in (DataOptions[])[options.Data, Other(options)])
        {
            var kind = DataKinds.Of(data);
            kind.Check(data);
            if (!kind.HasImages)
            {
                throw new ArgumentException($"{architecture.Name} translates images, and {data.Data} are none: take a folder, SET:PART " +
                    "or SET:PART:CLASS.");
            }

            if (architecture.Refuses(options.Networks, kind.Shape(data).Size) is { } refusal)
            {
                throw new ArgumentException(refusal);
            }
        }
    }

    /// <summary>The first option of translations that is set in options of another training; null where none is.</summary>
    internal static string? Ignored(ExperimentOptions options) => ExperimentOption.All
        .FirstOrDefault(o => (o.Group == "translation" || o.Name == "dataB") && o.Text(options) != o.Default)?.Name;

    /// <summary>The options of the other domain's data.</summary>
    internal static DataOptions Other(ExperimentOptions options) => options.Data with { Data = options.Data.DataB!, DataB = null };

    internal override IReadOnlyList<(string Ending, byte[] Content)> Shown()
    {
        using var scope = NewDisposeScope();
        var (a, b) = HeldOut(ShownImages); // (n, C, H, W)
        List<Tensor> rows = [a, _translate(a, true)];
        rows.AddRange(_architecture.IsPaired ? [b] : [b, _translate(b, false)]);
        var count = rows.Min(r => r.shape[0]);
        var half = (int)Math.Min(count, ShownImages / 2);
        var tiles = Enumerable.Range(0, (int)count / half).SelectMany(part => rows.Select(r => Colour(r.narrow(0, part * half, half))));
        var grid = ImageGrid.Of(cat([.. tiles]), half, caption: _architecture.IsPaired
            ? "rows in turn: input, translation, what belongs to it"
            : "rows in turn: A, A translated to B, B, B translated to A");
        return [(".png", grid.Png)];
    }

    internal override void Save(string path) => TranslatorFile.Save(Networks, path);

    private static Tensor Some(LoadedData data, DataOptions options, int most)
    {
        var kind = DataKinds.Of(options);
        using var test = kind.HasTest(options.Data) ? kind.Test(options) : null;
        return (test ?? data.HeldOut ?? data.Training!).First(most);
    }

    private static Tensor Colour(Tensor images) => images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images;

    // A ModuleList does not tell its parameters.
    private sealed class OfBoth : nn.Module
    {
        private readonly nn.Module of_a;
        private readonly nn.Module of_b;

        public OfBoth(nn.Module ofA, nn.Module ofB)
            : base(nameof(OfBoth))
        {
            (of_a, of_b) = (ofA, ofB);
            RegisterComponents();
        }
    }

    private static bool Ignores(ExperimentOption option, TranslationArchitecture architecture) =>
        Unused.Contains(option.Name) || (option.Group == "game" && option.Name != "loss")
        || (architecture.IsPaired ? option.Name is "cycleWeight" or "identityWeight" or "poolSize"
            : option.Name is "l1Weight" or "adversarial");

    private static string? Mismatch(LoadedData a, LoadedData b, ExperimentOptions options, TranslationArchitecture architecture)
    {
        var (nameA, nameB, first, second) = (options.Data.Data, options.Data.DataB, a.Summary!.Images, b.Summary!.Images);
        return a.Shape.Size != b.Shape.Size
                ? $"The images of {nameA} have a side of {a.Shape.Size} pixels, those of {nameB} of {b.Shape.Size}: bring both to one " +
                    "with --size (imageSize)."
            : architecture.IsPaired && first != second
                ? $"{architecture.Name} learns from pairs, and there are {first} images in {nameA} and {second} in {nameB}: image i of " +
                    "one must be the partner of image i of the other."
            : !architecture.IsPaired && options.Translation.IdentityWeight is not null && a.Shape.Channels != b.Shape.Channels
                ? $"The images of {nameA} have {a.Shape.Channels} channels, those of {nameB} {b.Shape.Channels}, and the identity loss " +
                    "needs as many: set identityWeight to none, or bring both to one with channels."
            : null;
    }
}
