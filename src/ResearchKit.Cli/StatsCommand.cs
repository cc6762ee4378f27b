using System.CommandLine;
using ResearchKit.Data.Files;
using ResearchKit.Metrics;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary><c>researchkit stats SET --out FILE</c>.</summary>
internal static class StatsCommand
{
    public static Command Create()
    {
        var set = new Argument<string>("set") { Description = "A folder of pictures, a .npy or .npz file, or SET:PART of the data catalog." };
        var file = new Option<string>("--out") { Description = "The .npz file to write: mu and sigma as pytorch-fid stores them, and count.", Required = true };
        var network = new Option<string>("--network") { Description = "The feature network for pictures; see `network list`.", DefaultValueFactory = _ => "fashion-28" };
        var command = new Command("stats", "Writes the mean and covariance of a set's features, all that --fid needs of it.") { set, file, network };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed.GetValue(set)!, parsed.GetValue(file)!, parsed.GetValue(network)!, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(string set, string file, string network, CancellationToken cancellation)
    {
        NativeRuntime.EnsureLoaded();
        using var sets = new FeatureSource(network, batchSize: 256, strict: false, samples: null, floatsAreLogits: false, cancellation);
        using var source = sets.Open(set);
        if (source.Statistics is not null)
        {
            throw new ArgumentException($"{set} holds statistics already.");
        }

        using var features = sets.Features(source);
        using var statistics = FeatureStatistics.Of(features.Features);
        using var count = tensor(features.Count);
        NpzFile.Write(file, new Dictionary<string, Tensor> { ["mu"] = statistics.Mean, ["sigma"] = statistics.Covariance, ["count"] = count });
        Console.WriteLine($"{file}: mean and covariance of {features}");
        return 0;
    }
}
