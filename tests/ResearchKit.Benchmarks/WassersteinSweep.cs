using System.CommandLine;
using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>What D says about the distance, beside a distance that D has no part in, over trainings on Fashion-MNIST: the numbers of notebook 05.</summary>
internal static class WassersteinSweep
{
    private const string Header = "game,critic_steps,seed,step,estimate,frechet";

    private static readonly (string Game, int CriticSteps)[] Games = [("wgan-gp", 5), ("wgan-gp", 1), ("non-saturating", 1)];

    public static Command Command()
    {
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 5, Description = "Seeds 0, 1, ... of every game." };
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 600, Description = "Steps of the generator." };
        var only = new Option<string?>("--only") { Description = "One game, such as wgan-gp-5." };
        var file = new Option<string>("--out") { Required = true, Description = "The CSV file; rows that it has are kept." };
        var command = new Command("wasserstein-sweep", "Trains small WGAN-GPs and a DCGAN, and compares D's estimate with a Fréchet distance (notebook 05).") { seeds, steps, only, file };
        command.SetAction(p => Run(p.GetValue(seeds), p.GetValue(steps), p.GetValue(only), p.GetValue(file)!));
        return command;
    }

    private static void Run(int seeds, int steps, string? only, string file)
    {
        var table = new SweepTable(file, Header, (_, _) => 0); // as they are computed
        using var train = DataCatalog.Find().LoadImages("fashion-mnist-small", "train");
        using var test = DataCatalog.Find().LoadImages("fashion-mnist-small", "test");
        using var network = NetworkCatalog.Find().Load("fashion-28");
        foreach (var seed in Enumerable.Range(0, seeds))
        {
            foreach (var (game, criticSteps) in Games.Where(g => only is null || only == $"{g.Game}-{g.CriticSteps}"))
            {
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{game},{criticSteps},{seed},"), () => Train(game, criticSteps, seed, steps, train, test, network));
            }
        }
    }

    // The same lines as the notebook's live run.
    private static List<string> Train(string game, int criticSteps, int seed, int steps, ImageSet train, ImageSet test, IFeatureNetwork network)
    {
        RandomState.Seed(seed);
        using var generator = new DcganGenerator(imageSize: 28, channels: 1, features: 16);
        using var critic = new DcganDiscriminator(imageSize: 28, channels: 1, features: 16, DiscriminatorNormalization.None);
        using var batches = new ImageBatches(train, batchSize: 32, seed);
        var isCritic = game == "wgan-gp";
        using var penalty = new WganGpPenalty(10, seed);
        var options = new TrainerOptions
        {
            DiscriminatorSteps = criticSteps, GeneratorLearningRate = 2e-4, DiscriminatorLearningRate = 2e-4,
            Beta1 = isCritic ? 0 : 0.5, Beta2 = isCritic ? 0.9 : 0.999, AverageDecay = 0, Seed = seed, Threads = 1,
        };
        using var trainer = new GanTrainer(generator, critic, isCritic ? new WassersteinLoss() : new NonSaturatingLoss(), batches, options, penalties: isCritic ? [penalty] : null);
        using var z = NormalLatents.Draw(1000, generator.LatentSize, seed: 1);
        using var held = test.First(1000); // D has not been trained on them
        using var real = FeatureExtraction.Of(network, "test", test.Images.slice(0, 1000, 3000, 1));
        var rows = new List<string>();
        foreach (var step in trainer.Run(steps).Where(s => s.Step % (steps / 12) == 0))
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var fakes = trainer.Sample(z);
            var (r, f) = (critic.call(held), critic.call(fakes));
            var estimate = isCritic ? r.mean() - f.mean() : Math.Log(2) - ((nn.functional.softplus(-r).mean() + nn.functional.softplus(f).mean()) / 2);
            using var features = FeatureExtraction.Of(network, "generated", PixelValues.ToBytes(fakes));
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{step.Step},{estimate.item<float>():G5},{FrechetDistance.Of(features.Features, real.Features):G5}"));
        }

        return rows;
    }
}
