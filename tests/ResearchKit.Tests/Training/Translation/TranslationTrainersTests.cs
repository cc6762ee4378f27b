using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models.Translation;
using ResearchKit.Schedules;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Tests.Models.Translation;
using ResearchKit.Training;
using ResearchKit.Training.Translation;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Translation;

/// <summary>CycleGAN's and pix2pix's trainings: against PyTorch (tests/peers/image_to_image.py), resumed, and refused.</summary>
public class TranslationTrainersTests
{
    private static readonly TrainerOptions Options = new()
    {
        Seed = 5, Threads = 1, AverageDecay = 0.9, GeneratorLearningRate = new LinearSchedule(2e-4, 0, 20),
        DiscriminatorLearningRate = new LinearSchedule(2e-4, 0, 20),
    };

    private static readonly TranslationOptions SmallPool = new() { PoolSize = 3 };

    [Fact]
    public void CycleGAN_trains_as_PyTorch_does_for_ten_steps_to_1e_8()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors(Repository.Reference("image-to-image.safetensors")).Under("cyclegan.");
        var networks = Cycle(reference);
        using var trainer = new CycleGanTrainer(networks, new LeastSquaresLoss(), Rows.Half(0), Rows.Half(16), SmallPool, Options);
        foreach (var step in trainer.Run(10))
        {
            Near(reference["trajectory"][step.Step - 1], step, step.RealLoss, step.FakeLoss, step.GeneratorLoss, step.ReconstructionLoss,
                step.IdentityLoss, Sum(networks.AToB, networks.BToA), Sum(networks.OfA, networks.OfB), Averaged());
        }

        double Averaged()
        {
            using var average = trainer.UseAverage();
            return Sum(networks.AToB, networks.BToA);
        }
    }

    [Fact]
    public void Pix2pix_trains_as_PyTorch_does_for_ten_steps_to_1e_8()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors(Repository.Reference("image-to-image.safetensors")).Under("pix2pix.");
        var (g, d) = Paired(reference);
        using var trainer = new Pix2PixTrainer(g, d, new NonSaturatingLoss(), Rows.Pairs(), options: new TrainerOptions { Threads = 1 });
        foreach (var step in trainer.Run(10))
        {
            Near(reference["trajectory"][step.Step - 1], step, step.RealLoss, step.FakeLoss, step.GeneratorLoss, step.ReconstructionLoss,
                Sum(g), Sum(d));
            Assert.True(double.IsNaN(step.IdentityLoss));
        }
    }

    [Theory]
    [InlineData("cyclegan")]
    [InlineData("pix2pix")]
    [InlineData("pix2pix with dropout")]
    public void A_resumed_training_takes_the_same_steps_bit_for_bit(string name)
    {
        using var scope = NewDisposeScope();
        using var straight = Trainer(name);
        var all = straight.Run(9).Select(Numbers).ToList();
        using var first = Trainer(name);
        Assert.Equal(all[..5], first.Run(5).Select(Numbers));
        using var state = new StateStore();
        first.Save(state);
        using var second = Trainer(name);
        _ = second.Run(2).Last(); // it was elsewhere
        second.Load(state);
        Assert.Equal(all[5..], second.Run(4).Select(Numbers));
    }

    [Theory]
    [InlineData("cyclegan")]
    [InlineData("pix2pix with dropout")]
    public void Translating_does_not_disturb_the_training(string name)
    {
        using var scope = NewDisposeScope();
        using var straight = Trainer(name);
        var all = straight.Run(4).Select(Numbers).ToList();
        using var trainer = Trainer(name);
        Assert.Equal(all[..2], trainer.Run(2).Select(Numbers));
        var size = name == "cyclegan" ? 32 : 64;
        using var images = rand(3, 3, size, size, generator: new Generator(1));
        var (one, two) = trainer switch
        {
            CycleGanTrainer c => (c.Translate(images), c.Translate(images, toB: false)),
            Pix2PixTrainer p => (p.Translate(images), p.Translate(images, asTrained: true)),
            _ => throw new ArgumentException(name),
        };
        Assert.Equal([3, 3, size, size], one.shape);
        Assert.NotEqual(one.sum().item<float>(), two.sum().item<float>());
        Assert.Equal(all[2..], trainer.Run(2).Select(Numbers));
    }

    [Theory]
    [InlineData("cyclegan")]
    [InlineData("pix2pix")]
    public void Steps_leave_no_tensors_behind(string name)
    {
        using var scope = NewDisposeScope();
        using var trainer = Trainer(name);
        _ = trainer.Run(5).Last();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        _ = trainer.Run(60).Last(); // the pool has three images: it is full, and changes all the time
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>Every loss plugs in.</summary>
    [Fact]
    public void Every_loss_trains_both()
    {
        using var scope = NewDisposeScope();
        foreach (var loss in AdversarialLosses.All.Select(l => l.Create()))
        {
            using var cycle = new CycleGanTrainer(Cycle(null), loss, Rows.Half(0), Rows.Half(16), SmallPool, Options);
            var (g, d) = Paired(null);
            using var paired = new Pix2PixTrainer(g, d, loss, Rows.Pairs(), options: Options);
            Assert.All([cycle.Run(2).Last(), paired.Run(2).Last()], s => Assert.True(double.IsFinite(s.GeneratorLoss), loss.ToString()));
        }
    }

    /// <summary>The identity loss alone brings a generator to leave images as they are.</summary>
    [Fact]
    public void The_identity_loss_drives_a_generator_towards_identity()
    {
        using var scope = NewDisposeScope();
        using var trainer = new CycleGanTrainer(Cycle(null), new Silent(), Rows.Half(0), Rows.Half(16),
            new TranslationOptions { CycleWeight = 1e-3, IdentityWeight = 1000 },
            new TrainerOptions { Threads = 1, GeneratorLearningRate = 2e-3 });
        var (first, last) = (trainer.Run(1).Last().IdentityLoss, trainer.Run(150).Last().IdentityLoss);
        Assert.True(last < 0.4 * first, $"{first} to {last}");
    }

    [Fact]
    public void L1_alone_needs_no_discriminator()
    {
        using var scope = NewDisposeScope();
        var (g, _) = Paired(null);
        using var trainer = new Pix2PixTrainer(g, null, new NonSaturatingLoss(), Rows.Pairs(), new() { Adversarial = false }, Options);
        var steps = trainer.Run(30).ToList();
        Assert.Equal((0, 100 * steps[0].ReconstructionLoss), (steps[0].DiscriminatorLoss, steps[0].GeneratorLoss), new Approximately());
        Assert.True(steps[^1].ReconstructionLoss < steps[0].ReconstructionLoss);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        var networks = Cycle(null);
        var (g, d) = Paired(null);
        var (a, b, loss) = (Rows.Half(0), Rows.Half(16), new LeastSquaresLoss());
        Refused("set DiscriminatorSteps to 1", () => new CycleGanTrainer(networks, loss, a, b, options: new() { DiscriminatorSteps = 2 }));
        Refused("set GeneratorBatches to 0", () => new CycleGanTrainer(networks, loss, a, b, options: new() { GeneratorBatches = 1 }));
        Refused("draws no tokens", () => new CycleGanTrainer(networks, loss, a, b, options: new() { LikelihoodSteps = 2 }));
        Refused("leave UnrolledSteps out", () => new CycleGanTrainer(networks, loss, a, b, options: new() { UnrolledSteps = 2 }));
        Refused("poolSize", () => new CycleGanTrainer(networks, loss, a, b, new() { PoolSize = -1 }));
        Refused("set IdentityWeight to null", () => new CycleGanTrainer(
            networks with { AToB = new ResNetTranslator(1, 3, 2, 1), BToA = new ResNetTranslator(3, 1, 2, 1) }, loss, a, b));
        Refused("same two domains", () => new CycleGanTrainer(networks with { BToA = new ResNetTranslator(3, 1, 2, 1) }, loss, a, b));
        Refused("make the numbers equal", () => new CycleGanTrainer(networks, loss, a, new Rows(arange(16), batch: 4)));
        Refused("lay the channels of both images", () => new Pix2PixTrainer(g, d, loss, a));
        Refused("There is no discriminator", () => new Pix2PixTrainer(g, null, loss, Rows.Pairs()));
        Refused("nothing to learn from",
            () => new Pix2PixTrainer(g, d, loss, Rows.Pairs(), new() { L1Weight = null, Adversarial = false }));

        static void Refused(string part, Func<StepTrainer> build) => Assert.Contains(part, Assert.Throws<ArgumentException>(build).Message);
    }

    private static StepTrainer Trainer(string name)
    {
        ResearchKit.Runtime.RandomState.Seed(3);
        if (name == "cyclegan")
        {
            return new CycleGanTrainer(Cycle(null), new LeastSquaresLoss(), Rows.Half(0), Rows.Half(16), SmallPool, Options);
        }

        var size = name == "pix2pix" ? 32 : 64; // of 64 pixels it has dropout
        return new Pix2PixTrainer(new UNetTranslator(int.Log2(size), features: 2).to(ScalarType.Float64),
            new PatchDiscriminator(6, 2, 2, TranslationNormalization.Batch).to(ScalarType.Float64), new NonSaturatingLoss(),
            Rows.Pairs(size), options: Options);
    }

    private static CycleNetworks Cycle(IReadOnlyDictionary<string, Tensor>? reference)
    {
        reference ??= new ReferenceTensors(Repository.Reference("image-to-image.safetensors")).Under("cyclegan.");
        return new((ImageTranslator)Of("a_to_b"), (ImageTranslator)Of("b_to_a"), Of("of_a"), Of("of_b"));

        nn.Module<Tensor, Tensor> Of(string part) => TranslationCases.Load(part, reference).to(ScalarType.Float64);
    }

    private static (ImageTranslator G, nn.Module<Tensor, Tensor> D) Paired(IReadOnlyDictionary<string, Tensor>? reference)
    {
        reference ??= new ReferenceTensors(Repository.Reference("image-to-image.safetensors")).Under("pix2pix.");
        return ((ImageTranslator)TranslationCases.Load("g", reference).to(ScalarType.Float64),
            TranslationCases.Load("d", reference).to(ScalarType.Float64));
    }

    private static double Sum(params nn.Module[] networks) => networks.Sum(TrajectoryTests.Checksum);

    private static string Numbers(StepReport step) => string.Join(" ", StepQuantities.OfTranslation.Select(q => $"{step[q]:R}"));

    private static void Near(Tensor row, StepReport step, params double[] actual)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var expected = row[i].item<double>();
            Assert.True(Math.Abs(expected - actual[i]) <= 1e-8 * Math.Abs(expected),
                $"step {step.Step}, number {i}: expected {expected:R}, got {actual[i]:R}");
        }
    }

    private sealed class Approximately : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9;

        public int GetHashCode((double, double) obj) => 0;
    }

    // An adversary that says nothing.
    private sealed class Silent : IAdversarialLoss
    {
        public LogitKind Logits => LogitKind.Label;

        public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) => new(realLogits.mean() * 0, fakeLogits.mean() * 0);

        public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => fakeLogits.mean() * 0;
    }

    private sealed class Rows(Tensor order, int batch = 2, int size = 32, bool paired = false) : IBatchSource
    {
        private static readonly ReferenceTensors Reference = new(Repository.Reference("resnet-gans.safetensors"));

        private readonly long[] _order = [.. order.data<long>()];

        public int BatchSize => batch;

        public long BatchesPerEpoch => _order.Length / batch;

        public SamplerPosition Position { get; set; }

        public static Rows Half(int from) => new(arange(from, from + 16));

        public static Rows Pairs(int size = 32) => new(arange(16), 2, size, paired: true);

        public Batch Next()
        {
            using var scope = NewDisposeScope();
            var index = tensor([.. Enumerable.Range(0, batch).Select(i => _order[((int)Position.Batch * batch + i) % _order.Length])]);
            Position = Position with { Batch = Position.Batch + 1 };
            var images = Images(index);
            return new Batch((paired ? cat([images, Images(index + 16)], 1) : images).MoveToOuterDisposeScope());
        }

        private Tensor Images(Tensor index)
        {
            var images = (Reference["pixels"].index_select(0, index).to(ScalarType.Float64) / 127.5) - 1;
            return size == 32 ? images : nn.functional.interpolate(images, [size, size]);
        }
    }
}
