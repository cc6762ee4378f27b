using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class StatsCommand
{
    public static Command Create()
    {
        var set = Given<string>("set", $"The set: {FeatureOptions.Sets}.");
        var file = Value<string>("--out", "The .npz file to write: mu and sigma as pytorch-fid stores them, and count.");
        file.Required = true;
        var command = new Command("stats", "Writes the mean and covariance of a set's features, all that --fid needs of it.") { set, file };
        var options = FeatureOptions.AddTo(command);
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            using var sets = new FeatureSource(options(parsed), floatsAreLogits: false, cancellation);
            return Run(sets, parsed.GetValue(set)!, parsed.GetValue(file)!);
        });
        return command;
    }

    private static int Run(FeatureSource sets, string set, string file)
    {
        var source = sets.Open(set)[0];
        if (source.Statistics is not null)
        {
            throw new ArgumentException($"{set} holds statistics already.");
        }

        using var features = sets.Features(source);
        using var statistics = FeatureStatistics.Of(features.Features);
        using var count = tensor(features.Count);
        NpzFile.Write(file, new Dictionary<string, Tensor>
        {
            ["mu"] = statistics.Mean, ["sigma"] = statistics.Covariance, ["count"] = count,
        });
        Console.WriteLine($"{file}: mean and covariance of {features}");
        return 0;
    }
}
