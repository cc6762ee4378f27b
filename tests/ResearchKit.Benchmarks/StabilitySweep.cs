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

/// <summary>What each piece of common advice does to a small DCGAN on Fashion-MNIST, seed by seed: the numbers of notebook 04.</summary>
internal static class StabilitySweep
{
    private const string Header = "variant,seed,steps,distance_average,distance_last,distance_swing,d_gradient,g_gradient,stopped_at";

    public static Command Command()
    {
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 5, Description = "Seeds 0, 1, ... of every variant." };
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 1000, Description = "Steps of the generator." };
        var only = new Option<string[]>("--only") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [], Description = $"Variants to run: {string.Join("; ", SweepVariant.All.Select(v => v.Name))}." };
        var file = new Option<string>("--out") { Required = true, Description = "The CSV file; rows that it has are kept." };
        var command = new Command("stability-sweep", "Trains a small DCGAN with each of the field's stabilisers and scores it (notebook 04).") { seeds, steps, only, file };
        command.SetAction(p => Run(p.GetValue(seeds), p.GetValue(steps), p.GetValue(only)!, p.GetValue(file)!));
        return command;
    }

    private static void Run(int seeds, int steps, string[] only, string file)
    {
        var table = new SweepTable(file, Header, StringComparer.Ordinal.Compare);
        using var train = DataCatalog.Find().LoadImages("fashion-mnist-small", "train");
        using var test = DataCatalog.Find().LoadImages("fashion-mnist-small", "test");
        using var network = NetworkCatalog.Find().Load("fashion-28");
        using var held = test.Images.slice(0, 0, 2000, 1);
        using var real = FeatureExtraction.Of(network, "test", held);
        foreach (var seed in Enumerable.Range(0, seeds))
        {
            foreach (var variant in SweepVariant.All.Where(v => only.Length == 0 || only.Contains(v.Name)))
            {
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{variant.Name},{seed},{steps},"), () => [Train(variant, seed, steps, train, network, real)]);
            }
        }
    }

    private static string Train(SweepVariant variant, int seed, int steps, ImageSet train, IFeatureNetwork network, FeatureSet real)
    {
        RandomState.Seed(seed);
        using var generator = new DcganGenerator(imageSize: 28, channels: 1, features: 8);
        using var discriminator = new DcganDiscriminator(imageSize: 28, channels: 1, features: 8, variant.Normalization);
        using var batches = new ImageBatches(train, batchSize: 16, seed);
        var options = variant.Options(steps) with { AverageDecay = 0.99, Seed = seed, Threads = 1 };
        using var trainer = new GanTrainer(generator, discriminator, new NonSaturatingLoss(), batches, options, penalties: variant.Penalties());
        using var z = NormalLatents.Draw(1000, generator.LatentSize, seed: 1);
        double Score(bool averaged)
        {
            using var scope = NewDisposeScope();
            using var features = FeatureExtraction.Of(network, "generated", PixelValues.ToBytes(trainer.Sample(z, averaged)));
            return FrechetDistance.Of(features.Features, real.Features);
        }

        var (late, lastTenth) = (new List<double>(), new List<StepReport>());
        try
        {
            foreach (var step in trainer.Run(steps))
            {
                if (step.Step > steps - (steps / 10))
                {
                    lastTenth.Add(step);
                }

                if (step.Step > steps / 2 && step.Step % (steps / 10) == 0)
                {
                    late.Add(Score(averaged: false));
                }
            }
        }
        catch (TrainingDivergedException stopped)
        {
            return string.Create(CultureInfo.InvariantCulture, $",,,,,{stopped.Step}");
        }

        var swing = Math.Sqrt(late.Sum(v => Math.Pow(v - late.Average(), 2)) / (late.Count - 1)); // between moments of the second half
        double[] values = [Score(averaged: true), late[^1], swing, lastTenth.Average(s => s.DiscriminatorGradientNorm), lastTenth.Average(s => s.GeneratorGradientNorm)];
        return string.Join(',', values.Select(v => v.ToString("G5", CultureInfo.InvariantCulture))) + ",";
    }
}
