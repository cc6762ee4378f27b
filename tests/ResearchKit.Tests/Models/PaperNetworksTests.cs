using ResearchKit.Data;
using ResearchKit.Data.Text;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Support;
using ResearchKit.Tests.Training;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>Each paper's networks and recipe against PyTorch: the references come from the script of the family in tests/peers, with
/// adversary.py.</summary>
public class PaperNetworksTests
{
    private static readonly SampleClasses Three = SampleClasses.Equally(["a", "b", "c"]);

    public static TheoryData<string> Names => [.. Cases.Keys];

    // The networks as the scripts have them, and the recipes.
    private static Dictionary<string, Case> Cases => new()
    {
        ["wgan-gp"] = ResNet("wgan-gp", 8, null, () => new(new WassersteinLoss(), [new WganGpPenalty(10, seed: 21)]),
            Steps(2, 2) with { GeneratorLearningRate = Down, DiscriminatorLearningRate = Down }),
        ["sngan"] = ResNet("sngan", 8, null, () => new(new HingeLoss()), Steps(2, 1)),
        ["sngan-chainer"] = ResNet("sngan-chainer", 8, null, () => new(new HingeLoss()),
            Steps(2, 2) with { GeneratorLearningRate = Down, DiscriminatorLearningRate = Down }),
        ["cgan-pd"] = ResNet("cgan-pd", 8, Three, () => new(new HingeLoss()), Steps(2, 1)),
        ["sagan"] = ResNet("sagan", 16, Three, () => new(new HingeLoss()),
            Steps(1, 1) with { GeneratorLearningRate = 1e-4, DiscriminatorLearningRate = 4e-4 }),
        ["biggan"] = ResNet("biggan", 2, Three, () => new(new HingeLoss()), Steps(2, 0) with { Beta2 = 0.999 }),
        ["r3gan"] = R3Gan(null),
        ["r3gan with classes"] = R3Gan(Three),
        ["wavegan"] = new("wavegan", () => new WaveGanGenerator(4096, 2, 8), () => new WaveGanDiscriminator(4096, 2, phaseShuffle: 0),
            () => new(new WassersteinLoss(), [new WganGpPenalty(10, seed: 21)]),
            FiveSteps) { Kind = SampleKind.Sounds },
        ["text-wgan-gp"] = new("text", () => new TextWganGpGenerator(new("abcdef"), 8, 4, 8), () => new TextWganGpDiscriminator(7, 8, 4),
            () => new(new WassersteinLoss(), [new WganGpPenalty(10, seed: 21)]), FiveSteps) { Kind = SampleKind.Lines },
        ["mocogan"] = new("mocogan", () => new MoCoGanGenerator(32, 1, 12, 2, 3, 3, 2), () => new MoCoGanDiscriminator(32, 1, 2),
            () => new(new NonSaturatingLoss()), Steps(1, 1) with { Beta1 = 0.5, Beta2 = 0.999 }) { Kind = SampleKind.Clips },
    };

    private static TrainerOptions FiveSteps =>
        Steps(5, 1) with { GeneratorLearningRate = 1e-4, DiscriminatorLearningRate = 1e-4, Beta1 = 0.5 };

    private static Schedule Down => new LinearSchedule(2e-4, 0, 20);

    [Theory]
    [MemberData(nameof(Names))]
    public void Makes_and_judges_what_PyTorch_does(string name)
    {
        using var scope = NewDisposeScope();
        var (samples, labels, noise) = ReplayedData.First(4, Cases[name].Kind);
        foreach (var (dtype, tolerance) in ((ScalarType, double)[])[(ScalarType.Float64, 1e-10), (ScalarType.Float32, 1e-5)])
        {
            var (g, d, reference) = Cases[name].Load(name);
            g.to(dtype).eval();
            d.to(dtype).eval();
            using var noGrad = no_grad();
            Near(reference["images"], g.Call(noise.narrow(1, 0, g.LatentSize).to(dtype), labels).narrow(0, 0, 1), tolerance);
            Near(reference["logits"], d.Call(samples.to(dtype), labels), tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Trains_as_PyTorch_does_for_ten_steps_to_1e_8(string name)
    {
        using var scope = NewDisposeScope();
        var (g, d, reference) = Cases[name].Load(name);
        g.to(ScalarType.Float64);
        d.to(ScalarType.Float64);
        var data = new ReplayedData(g.LatentSize, g.Labels?.Count ?? 0, Cases[name].Kind);
        var game = Cases[name].Game();
        using var trainer = new GanTrainer(g, d, game, data, Cases[name].Options, data);
        RandomState.Seed(5); // what mocogan.py's frames are drawn with
        foreach (var step in trainer.Run(10))
        {
            var row = reference["trajectory"][step.Step - 1];
            double[] actual = [step.RealLoss, step.FakeLoss, step.Penalty, step.GeneratorLoss, TrajectoryTests.Checksum(g),
                TrajectoryTests.Checksum(d), Averaged()];
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.True(Math.Abs(row[i].item<double>() - actual[i]) <= (1e-8 * Math.Abs(row[i].item<double>())) + 1e-14,
                    $"step {step.Step}, number {i}: expected {row[i].item<double>():R}, got {actual[i]:R}");
            }
        }

        double Averaged()
        {
            using var average = trainer.UseAverage();
            return TrajectoryTests.Checksum(g);
        }
    }

    /// <summary>Of the papers' sizes, as the papers and their authors' code give them.</summary>
    [Theory]
    [InlineData("sngan", 32, 0, 4_276_739, 1_053_825)] // mimicry
    [InlineData("sngan-chainer", 32, 0, 4_276_739, 1_053_824)]
    [InlineData("wgan-gp", 32, 0, 1_204_483, 1_053_825)] // counted in the script's definition
    [InlineData("cgan-pd", 32, 10, 4_304_387, 1_055_105)] // likewise
    [InlineData("sagan", 32, 10, 4_386_308, 1_075_586)] // likewise
    [InlineData("r3gan", 32, 10, 20_781_952, 21_280_512)] // the authors' networks for CIFAR-10 and FFHQ-64
    [InlineData("r3gan", 64, 0, 22_429_824, 22_381_440)]
    [InlineData("biggan", 32, 10, 4_304_387, 4_207_361)] // BigGAN-PyTorch, CIFAR-10
    [InlineData("wavegan", 16384, 0, 19_065_345, 17_427_969)] // the authors' code
    [InlineData("wavegan", 16384, 0, 1_502_337, 1_092_993, 16)]
    [InlineData("wavegan", 16384, 0, 479_169, 274_497, 8)]
    [InlineData("text-wgan-gp", 32, 0, (128 + 1) * 512 * 32 + 10 * (5 * 512 * 512 + 512) + (512 + 1) * 27, // 26 letters and the padding
        (27 + 1) * 512 + 10 * (5 * 512 * 512 + 512) + 512 * 32 + 1)]
    [InlineData("text-wgan-gp", 12, 0, (128 + 1) * 64 * 12 + 10 * (5 * 64 * 64 + 64) + (64 + 1) * 27,
        (27 + 1) * 64 + 10 * (5 * 64 * 64 + 64) + 64 * 12 + 1, 64)]
    [InlineData("mocogan", 32, 0, 660 + 66 * 4096 + 2 * 256 + 128 * 256 * 16 + 2 * 128 + 64 * 128 * 16 + 2 * 64 + 64 * 3 * 16,
        (16 + 64) * (3 * 64) + (16 + 64) * (64 * 128) + 4 * 128 + (16 + 64) * 128)]
    public void Has_the_papers_size(string name, int size, int classes, long ofG, long ofD, int? features = null)
    {
        using var scope = NewDisposeScope();
        var kind = Architectures.All.Find(name).Takes;
        var shape = new SampleShape(kind, size, kind.HasColour() ? 3 : 1,
            classes == 0 ? null : SampleClasses.Equally([.. Enumerable.Range(0, classes).Select(i => $"{i}")]));
        var options = new NetworkOptions { Architecture = name, Conditional = classes > 0, Features = features };
        var (g, d) = Architectures.For(options, shape).Build(options, shape);
        Assert.Equal((ofG, ofD), (ModelSummary.Count(g), ModelSummary.Count(d)));
    }

    /// <summary>R3GAN's section 4: a block begins as nothing, its layers with deviations sqrt(2 / 1.04 / fan in) blocks^(-1/4).</summary>
    [Fact]
    public void Blocks_of_R3GAN_start_as_the_identity_and_at_the_papers_scale()
    {
        using var scope = NewDisposeScope();
        var g = new R3GanGenerator(32, features: 64);
        var weights = g.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.All(weights.Where(w => w.Key.EndsWith("conv3.weight", StringComparison.Ordinal)),
            w => Assert.Equal(0, w.Value.abs().sum().item<float>()));
        foreach (var (name, inputs) in ((string, int)[])[("stages.1.1.conv1.weight", 64), ("stages.1.1.conv2.weight", 16 * 9)])
        {
            Assert.Equal(Math.Sqrt(2 / 1.04 / inputs) * Math.Pow(8, -0.25), weights[name].std().item<float>(), 0.004);
        }

        Assert.Equal(0, weights["stages.1.1.conv1.bias"].abs().sum().item<float>());
    }

    /// <summary>The authors' library: uniform with deviation sqrt(4 / (fan in + fan out)) for convolutions, sqrt(2 / (in + out)) for
    /// linear layers, biases 0.</summary>
    [Fact]
    public void Text_networks_start_at_the_authors_scale()
    {
        using var scope = NewDisposeScope();
        var (features, length, latent) = (64, 12, 128);
        var weights = new TextWganGpGenerator(Vocabulary.Letters, length, features, latent).named_parameters()
            .Concat(new TextWganGpDiscriminator(27, length, features).named_parameters().Select(p => ("d." + p.name, p.parameter)))
            .ToDictionary(p => p.Item1, p => p.Item2);
        foreach (var (name, deviation) in ((string, double)[])
            [
                ("linear.weight", Math.Sqrt(2.0 / (latent + (features * length)))), ("output.weight", Math.Sqrt(4.0 / (features + 27))),
                ("blocks.4.conv2.weight", Math.Sqrt(4.0 / (2 * 5 * features))), ("d.input_layer.weight", Math.Sqrt(4.0 / (features + 27))),
                ("d.linear.weight", Math.Sqrt(2.0 / ((features * length) + 1))),
            ])
        {
            Assert.Equal(1, weights[name].std().item<float>() / deviation, 0.06);
            Assert.InRange(weights[name].abs().max().item<float>(), 0.9 * Math.Sqrt(3) * deviation, Math.Sqrt(3) * deviation);
        }

        Assert.All(weights.Where(w => w.Key.EndsWith("bias", StringComparison.Ordinal)),
            w => Assert.Equal(0, w.Value.abs().sum().item<float>()));
    }

    /// <summary>arXiv:1802.05637, eq. 3: another class changes the logit by the product of the vectors' difference with the
    /// features.</summary>
    [Fact]
    public void Projection_adds_the_product_of_the_class_with_the_features_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        var d = new ResNetDiscriminator("cgan-pd", 32, 3, 16, 3);
        d.eval();
        var x = rand(2, 3, 32, 32);
        var (a, b, c) = (Of(0), Of(1), Of(2));
        var doubled = d.state_dict()["embed.weight_orig"];
        using (no_grad())
        {
            doubled[1].copy_(doubled[0]); // now classes 0 and 1 are one
        }

        Assert.NotEqual(a.data<float>().ToArray(), c.data<float>().ToArray());
        Assert.NotEqual(a.data<float>().ToArray(), b.data<float>().ToArray());
        Assert.Equal(Of(0).data<float>().ToArray(), Of(1).data<float>().ToArray());

        Tensor Of(long label) => d.Call(x, full(2, label, dtype: ScalarType.Int64));
    }

    private static TrainerOptions Steps(int ofD, int batchesOfG) => new()
    {
        Threads = 1, DiscriminatorSteps = ofD, GeneratorBatches = batchesOfG, Beta1 = 0, Beta2 = 0.9, AverageDecay = 0.9,
    };

    private static Case ResNet(string name, int features, SampleClasses? classes, Func<Game> game, TrainerOptions options) => new(
        "resnet-gans", () => new ResNetGenerator(name, 32, 3, features, 8, classes),
        () => new ResNetDiscriminator(name, 32, 3, features, classes?.Count ?? 0), game, options);

    private static Case R3Gan(SampleClasses? classes) => new("r3gan", () => new R3GanGenerator(32, 3, 16, 8, 1, classes),
        () => new R3GanDiscriminator(32, 3, 16, 1, classes?.Count ?? 0),
        () => new(new RelativisticPairingLoss(), [new R1Penalty(new CosineSchedule(0.05, 0.005, 12)),
            new R2Penalty(new CosineSchedule(0.05, 0.005, 12))]),
        Steps(1, 1) with
        {
            GeneratorLearningRate = new CosineSchedule(2e-4, 5e-5, 12), DiscriminatorLearningRate = new CosineSchedule(2e-4, 5e-5, 12),
            Beta2 = new CosineSchedule(0.9, 0.99, 12), AverageHalfLife = new CosineSchedule(0, 50, 12),
        });

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = (expected - actual.to(ScalarType.Float64)).abs().max().item<double>() / expected.abs().max().item<double>();
        Assert.True(error <= tolerance, $"relative error {error:E2}");
    }

    private sealed record Case(string File, Func<LatentGenerator> G, Func<nn.Module<Tensor, Tensor>> D, Func<Game> Game,
        TrainerOptions Options)
    {
        public SampleKind Kind { get; init; } = SampleKind.Images;

        public (LatentGenerator G, nn.Module<Tensor, Tensor> D, Dictionary<string, Tensor> Reference) Load(string name)
        {
            var reference = new ReferenceTensors(Repository.Reference($"{File}.safetensors")).Under($"{name}.");
            var (g, d) = (G(), D());
            g.load_state_dict(For(g, "g."));
            d.load_state_dict(For(d, "d."));
            return (g, d, reference);

            // a filter's kernel is a buffer here and a constant there
            Dictionary<string, Tensor> For(nn.Module network, string prefix) => reference
                .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(t => (Name: t.Key[prefix.Length..], t.Value))
                .Concat(network.state_dict().Where(t => t.Key.EndsWith(".kernel", StringComparison.Ordinal)).Select(t => (t.Key, t.Value)))
                .ToDictionary(t => t.Item1, t => t.Item2);
        }
    }
}
