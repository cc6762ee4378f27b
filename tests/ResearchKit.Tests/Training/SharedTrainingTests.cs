using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using ResearchKit.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Processes that share a training, with threads in their places; ResearchKit.Benchmarks/mpi.sh starts processes.</summary>
public sealed class SharedTrainingTests : IDisposable
{
    private const int Batch = 4;
    private const int Latent = 6;
    private const long Seed = 3;

    private static readonly TrainerOptions Options = new() { Seed = Seed, Threads = 1, AverageDecay = 0.99 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Games => new(
        from game in (string[])["dcgan", "wgan-gp", "r3gan"] from count in (int[])[2, 4] select (game, count));

    // The one process draws what all the others draw, one after the other; its data are the same batches by themselves.
    [Theory, MemberData(nameof(Games))]
    public void Several_with_a_batch_are_one_with_the_sum_of_their_batches(string game, int count)
    {
        var seeds = ThreadGroup.Of(count).Select(g => g.SeedOf(Seed)).ToArray();
        var alone = Trained(game, count * Batch, Options, new Joined(seeds), new JoinedGp(seeds));
        var together = ThreadGroup.Run(count, group =>
        {
            using var own = new Networks(game);
            using var latents = new NormalLatents(Latent, group.SeedOf(Seed));
            using var penalty = new WganGpPenalty(10, group.SeedOf(Seed));
            return Train(own, game, Batch, Options.SharedBy(group), latents, penalty);
        });
        Assert.All(together, weights => Assert.InRange(Distance(alone, weights), 0, 1e-12));
        Assert.All(together, weights => Assert.Equal(together[0], weights)); // to the bit
        Assert.InRange(Distance(alone, Initial(game)), 1e-3, double.PositiveInfinity); // they moved
    }

    [Fact]
    public void A_batch_of_its_own_alone_is_another_training()
    {
        var seeds = ThreadGroup.Of(2).Select(g => g.SeedOf(Seed)).ToArray();
        var alone = Trained("dcgan", 2 * Batch, Options, new Joined(seeds), new JoinedGp(seeds));
        using var latents = new NormalLatents(Latent, Seed);
        using var penalty = new WganGpPenalty();
        Assert.InRange(Distance(alone, Trained("dcgan", Batch, Options, latents, penalty)), 1e-6, double.PositiveInfinity);
    }

    [Fact]
    public void Only_random_states_differ_between_processes_and_p_moves_alike()
    {
        var states = ThreadGroup.Run(2, group =>
        {
            using var gan = new Everything(group);
            var reports = gan.Trainer.Run(16).ToList();
            using var state = new StateStore();
            gan.Trainer.Save(state);
            return (gan.Augmentation.P, Numbers: reports.Select(r => $"{r} {r.Penalty:R} {r.ImagesPerSecond > 0}").ToList(),
                Bytes: Bytes(state));
        });
        Assert.InRange(states[0].P, 1e-3, 1);
        Assert.Equal(states[0].P, states[1].P);
        Assert.Equal(states[0].Numbers, states[1].Numbers);
        var differ = states[0].Bytes.Where(b => !b.Value.SequenceEqual(states[1].Bytes[b.Key])).Select(b => b.Key);
        Assert.Equal(["augmentation.0.random", "latents.random"], differ.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ADA_and_LeCam_follow_the_samples_of_all()
    {
        double[][] logits = [[1, 1, 1, -1], [-1, -1, 1, 1]]; // r_t of all is 0.25, of the first 0.5
        var moved = ThreadGroup.Run(2, group =>
        {
            using var controller = new AdaptiveController(target: 0.4, interval: 1, speed: 100);
            controller.Share(group);
            controller.Observe(tensor(logits[group.Rank]), images: 4);
            return (controller.Signs, controller.P);
        });
        Assert.All(moved, m => Assert.Equal((0.25, 0.0), (m.Signs!.Value, m.P)));
        using var alone = new AdaptiveController(target: 0.4, interval: 1, speed: 100);
        alone.Observe(tensor(logits[0]), images: 4);
        Assert.Equal((0.5, 0.04), (alone.Signs!.Value, alone.P));
    }

    [Fact]
    public void A_checkpoint_holds_all_of_them_and_the_training_goes_on_to_the_same_bytes()
    {
        var straight = ThreadGroup.Run(2, group => Go(group, "none", 6));
        ThreadGroup.Run(2, group => Go(group, "checkpoints", 3));
        var resumed = ThreadGroup.Run(2, group => Go(group, "checkpoints", 3));
        foreach (var (a, b) in straight.Zip(resumed))
        {
            Assert.Equal(a.Keys, b.Keys);
            Assert.All(a.Keys, name => Assert.Equal(a[name], b[name]));
        }

        Assert.NotEqual(straight[0]["latents.random"], straight[1]["latents.random"]);
        Assert.Contains("is of a training by 2 processes, and this is one by 1: start as many", Assert.Throws<DataFileException>(() =>
        {
            using var gan = new Everything(null);
            new CheckpointFolder(_folder["checkpoints"], "one").Load(gan.Trainer);
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_stop_after_the_same_step_when_one_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        var steps = ThreadGroup.Run(2, group =>
        {
            using var gan = new Everything(group);
            foreach (var step in gan.Trainer.Run(50, group.Rank == 1 ? stop.Token : default))
            {
                if (step.Step == 4 && group.Rank == 1)
                {
                    stop.Cancel();
                }
            }

            return gan.Trainer.StepsDone;
        });
        Assert.Equal([4, 4], steps);
    }

    [Fact]
    public void Refuses_what_several_cannot_do()
    {
        var group = ThreadGroup.Of(16)[3];
        using var gan = new TinyGan();
        Assert.Contains("16 processes with batches of 8 take 128 samples at a time, and there are 40",
            Assert.Throws<ArgumentException>(() => gan.Data.Share(group)).Message, StringComparison.Ordinal);
        Assert.Contains("several processes move D together", Assert.Throws<ArgumentException>(() => new GanTrainer(gan.Generator,
            gan.Discriminator, new Game(new NonSaturatingLoss()), gan.Data,
            new TrainerOptions { UnrolledSteps = 2 }.SharedBy(group))).Message, StringComparison.Ordinal);
    }

    private Dictionary<string, byte[]> Go(ProcessGroup group, string folder, int steps)
    {
        using var gan = new Everything(group);
        var checkpoints = new CheckpointFolder(_folder[folder], "one");
        checkpoints.Load(gan.Trainer);
        _ = gan.Trainer.Run(steps).ToList();
        checkpoints.Save(gan.Trainer);
        using var state = new StateStore();
        gan.Trainer.Save(state);
        return Bytes(state);
    }

    private static Dictionary<string, byte[]> Bytes(StateStore state) =>
        state.Values.Where(v => v.Key != "global-random") // the threads have one
            .ToDictionary(v => v.Key, v => v.Value.contiguous().bytes.ToArray());

    private static double[] Trained(string game, int batch, TrainerOptions options, ILatentSource latents, IDiscriminatorPenalty gp)
    {
        using var networks = new Networks(game);
        return Train(networks, game, batch, options, latents, gp);
    }

    private static double[] Initial(string game)
    {
        using var networks = new Networks(game);
        return networks.Weights();
    }

    // The weights and the averaged ones after 50 steps.
    private static double[] Train(Networks networks, string game, int batch, TrainerOptions options, ILatentSource latents,
        IDiscriminatorPenalty gp)
    {
        using var set = new ImageSet("random", randint(0, 256, [40, 1, Side(game), Side(game)], ScalarType.Byte,
            generator: new Generator(7)));
        using var data = new ImageBatches(set, batch, seed: 1);
        var played = game switch
        {
            "dcgan" => new Game(new NonSaturatingLoss(), [new LeCamPenalty(0.1)]),
            "wgan-gp" => new Game(new WassersteinLoss(), [gp]),
            _ => new Game(new RelativisticPairingLoss(), [new R1Penalty(0.5), new R2Penalty(0.5)]),
        };
        using var trainer = new GanTrainer(networks.Generator, networks.Discriminator, played, data, options, latents);
        Assert.Equal(50, trainer.Run(50).Count());
        var weights = networks.Weights();
        using var averaged = trainer.UseAverage();
        return [.. weights, .. networks.Weights()];
    }

    private static long Side(string game) => game == "r3gan" ? 8 : 28;

    private static double Distance(double[] a, double[] b) => a.Zip(b).Max(p => Math.Abs(p.First - p.Second));

    /// <summary>A DCGAN, or R3GAN, in float64, without batch normalisation.</summary>
    private sealed class Networks : Owner
    {
        private static readonly Lock Building = new(); // the global random generator is one

        public Networks(string game)
        {
            lock (Building)
            {
                RandomState.Seed(5);
                Generator = Own((LatentGenerator)(game == "r3gan" ? new R3GanGenerator((int)Side(game), 1, 8, Latent, 1)
                    : new PlainGenerator()));
                Discriminator = Own((nn.Module<Tensor, Tensor>)(game == "r3gan" ? new R3GanDiscriminator((int)Side(game), 1, 8, 1)
                    : new DcganDiscriminator(28, 1, 4, DiscriminatorNormalization.None)));
            }

            Generator.to(ScalarType.Float64);
            Discriminator.to(ScalarType.Float64);
        }

        public LatentGenerator Generator { get; }

        public nn.Module<Tensor, Tensor> Discriminator { get; }

        public double[] Weights() => [.. Generator.parameters().Concat(Discriminator.parameters())
            .SelectMany(p => p.detach().flatten().data<double>().ToArray())];
    }

    private sealed class PlainGenerator : LatentGenerator
    {
        private readonly nn.Module<Tensor, Tensor> main = nn.Sequential(nn.ConvTranspose2d(Latent, 8, 7), nn.ReLU(),
            nn.ConvTranspose2d(8, 4, 4, stride: 2, padding: 1), nn.ReLU(), nn.ConvTranspose2d(4, 1, 4, stride: 2, padding: 1), nn.Tanh());

        public PlainGenerator()
            : base(nameof(PlainGenerator), Latent) => RegisterComponents();

        public override Tensor forward(Tensor z) => main.call(z.unsqueeze(2).unsqueeze(3)); // (B, 1, 28, 28)
    }

    /// <summary>The noise of several processes, one after the other.</summary>
    private sealed class Joined(long[] seeds) : ILatentSource
    {
        private readonly NormalLatents[] _each = [.. seeds.Select(s => new NormalLatents(Latent, s))];

        public Tensor NextBatch(int count) => cat([.. _each.Select(l => l.NextBatch(count / _each.Length))]);
    }

    /// <summary>WGAN-GP's penalty at the points of several processes.</summary>
    private sealed class JoinedGp(long[] seeds) : IDiscriminatorPenalty
    {
        private const ulong NoSalt = 0;

        private readonly RandomStream[] _each = [.. seeds.Select(s => new RandomStream(s, NoSalt))];

        public SlopeSites Sites => SlopeSites.Between;

        public Tensor Compute(DiscriminatorPass pass)
        {
            var (real, fake) = (pass.Real.detach().chunk(_each.Length), pass.Fake.detach().chunk(_each.Length));
            var points = cat([.. _each.Select((r, i) => WganGpPenalty.PointsBetween(real[i], fake[i], r.Generator))]);
            return (pass.SlopesAt(points).norm(1) - 1).square().mean() * 10;
        }
    }

    /// <summary>A DCGAN with batch normalisation, ADA, LeCam and an average, shared or not.</summary>
    private sealed class Everything : Owner
    {
        public Everything(ProcessGroup? group)
        {
            Generator = Own(new DcganGenerator(28, 1, 4, Latent)); // the trainer takes the first one's weights
            var discriminator = Own(new DcganDiscriminator(28, 1, 4));
            if (group is not { Rank: > 0 })
            {
                using var random = new Generator(5);
                using var noGrad = no_grad();
                foreach (var p in Generator.parameters().Concat(discriminator.parameters()))
                {
                    p.normal_(0, 0.1, random);
                }
            }

            var set = Own(new ImageSet("random", randint(0, 256, [40, 1, 28, 28], ScalarType.Byte, generator: Own(new Generator(7)))));
            Augmentation = Own(new AdaptiveAugmentation(new AdaptiveController(0.05, 2, 100), seed: group?.SeedOf(1) ?? 1));
            var game = new Game(new NonSaturatingLoss(), [Own(new LeCamPenalty(0.1))], [Augmentation]);
            Trainer = Own(new GanTrainer(Generator, discriminator, game, Own(new ImageBatches(set, Batch, seed: 4)),
                new TrainerOptions { Seed = Seed, Threads = 1, AverageHalfLife = 100, DiscriminatorLearningRate = 1e-2 }.SharedBy(group)));
        }

        public DcganGenerator Generator { get; }

        public AdaptiveAugmentation Augmentation { get; }

        public GanTrainer Trainer { get; }
    }
}
