using ResearchKit.Data;
using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>A game to be timed, on random data.</summary>
internal sealed class TrainStepCase : Owner
{
    private TrainStepCase(string description) => Description = description;

    public static IReadOnlyList<string> Names { get; } =
        ["toy16", "toy128", "dcgan28", "dcgan32", "dcgan64", "wgan-gp", "sngan32", "stylegan32", "r3gan32", "stylegan256", "r3gan64"];

    public string Description { get; }

    public GanTrainer Trainer { get; private set => field = Own(value); } = null!;

    public static TrainStepCase Create(string name, Device device, int? features, int? batch, TrainerOptions options)
    {
        RandomState.Seed(0);
        return name switch
        {
            "toy16" => Toy(features ?? 16, batch ?? 16, device, options),
            "toy128" => Toy(features ?? 128, batch ?? 256, device, options),
            "dcgan28" => Images(28, 1, features ?? 32, batch ?? 64, device, options),
            "dcgan32" => Images(32, 3, features ?? 32, batch ?? 64, device, options),
            "dcgan64" => Images(64, 3, features ?? 64, batch ?? 128, device, options),
            "sngan32" => Paper(new() { Architecture = "sngan", Features = features ?? 64 }, 32, "hinge, one D step", batch ?? 32, device,
                new Game(new HingeLoss()), options),
            "stylegan32" => Paper(new()
            {
                Architecture = "stylegan2-cifar", Features = features ?? 64, Latent = 128, MinibatchDeviation = 4,
            }, 32, "non-saturating, R1 every 16 steps", batch ?? 32, device,
                new Game(new NonSaturatingLoss(), [new LazyPenalty(new R1Penalty(0.01), 16)]), options),
            "stylegan256" => Paper(new() { Architecture = "stylegan2", Features = features ?? 512, Layers = 8 }, 256,
                "non-saturating, R1 every 16 steps", batch ?? 32, device,
                new Game(new NonSaturatingLoss(), [new LazyPenalty(new R1Penalty(1), 16)]), options),
            "r3gan32" => Paper(new() { Architecture = "r3gan", Features = features ?? 32, Layers = 1 }, 32,
                "one block a side, relativistic pairing, R1 and R2", batch ?? 32, device,
                new Game(new RelativisticPairingLoss(), [new R1Penalty(1), new R2Penalty(1)]), options),
            "r3gan64" => Paper(new() { Architecture = "r3gan", Features = features ?? 768 }, 64,
                "two blocks a side, relativistic pairing, R1 and R2", batch ?? 64, device,
                new Game(new RelativisticPairingLoss(), [new R1Penalty(1), new R2Penalty(1)]), options),
            _ => Critic(features ?? 32, batch ?? 64, device, options),
        };
    }

    private static TrainStepCase Toy(int width, int batch, Device device, TrainerOptions options)
    {
        var game = new TrainStepCase($"2-D MLP, 2 hidden layers of {width}, batch {batch}, non-saturating");
        var shape = new MlpOptions { Widths = [width, width] };
        var data = game.Own(new PointBatches(game.Own(randn(4096, 2).to(device)), batch, seed: 0));
        game.Trainer = new GanTrainer(game.Own(new MlpGenerator(2, 2, shape).to(device)),
            game.Own(new MlpDiscriminator(2, shape).to(device)), new Game(new NonSaturatingLoss()), data, options);
        return game;
    }

    private static TrainStepCase Images(int size, int channels, int features, int batch, Device device, TrainerOptions options)
    {
        var game = new TrainStepCase($"DCGAN {channels}x{size}x{size} features {features} batch {batch}, non-saturating");
        var data = game.Batches(size, channels, batch, device);
        game.Trainer = new GanTrainer(
            game.Own(new DcganGenerator(size, channels, features).to(device)),
                game.Own(new DcganDiscriminator(size, channels, features).to(device)), new Game(new NonSaturatingLoss()), data, options);
        return game;
    }

    private static TrainStepCase Critic(int features, int batch, Device device, TrainerOptions options)
    {
        var game = new TrainStepCase($"DCGAN 1x28x28 features {features} batch {batch}, WGAN-GP, one D step");
        var critic = game.Own(new DcganDiscriminator(28, 1, features, DiscriminatorNormalization.None).to(device));
        game.Trainer = new GanTrainer(
            game.Own(new DcganGenerator(28, 1, features).to(device)), critic,
            new Game(new WassersteinLoss(), [game.Own(new WganGpPenalty(10))]), game.Batches(28, 1, batch, device), options);
        return game;
    }

    private static TrainStepCase Paper(NetworkOptions networks, int size, string words, int batch, Device device, Game rules,
        TrainerOptions options)
    {
        var game = new TrainStepCase($"{networks.Architecture} 3x{size}x{size} features {networks.Features} batch {batch}, {words}");
        var shape = new SampleShape(SampleKind.Images, size, 3);
        var (g, d) = Architectures.For(networks, shape).Build(networks, shape);
        game.Trainer = new GanTrainer(game.Own(g).to(device), game.Own(d).to(device), rules, game.Batches(size, 3, batch, device), options);
        return game;
    }

    private ImageBatches Batches(int size, int channels, int batch, Device device)
    {
        using var set = new ImageSet("random", randint(0, 256, [4096, channels, size, size], ScalarType.Byte));
        return Own(new ImageBatches(Own(set.To(device)), batch, seed: 0));
    }
}
