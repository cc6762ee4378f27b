using ResearchKit.Metrics;

namespace ResearchKit.Cli;

internal static class StatsCommand
{
    public static Command Create()
    {
        var set = Given<string>("set", $"The set: {FeatureOptions.Sets}.");
        var shard = Value<string?>("--shard", "The part of the set to read, as 2/8, the second of eight; `stats merge` puts the parts " +
            "together.");
        var (command, file) = Writes("stats", "Writes the mean and covariance of a set's features, all that --fid needs of it.", set);
        command.Options.Add(shard);
        var options = FeatureOptions.AddTo(command);
        command.SetWork((parsed, cancellation) =>
        {
            var part = parsed.GetValue(shard) is { } text ? Typed(() => Shard.Parse(text)) : (Shard?)null;
            NativeRuntime.EnsureLoaded();
            using var sets = new FeatureSource(options(parsed), floatsAreLogits: false, cancellation);
            var source = sets.Open(parsed.GetValue(set)!)[0];
            using var statistics = source.Statistics is null ? sets.Statistics(source, part)
                : throw new ArgumentException($"{source.Name} holds statistics already.");
            return Write(parsed.GetValue(file)!, statistics);
        });
        command.Subcommands.Add(Merge());
        return command;
    }

    private static Command Merge()
    {
        var files = new Argument<string[]>("files") { Description = "The files of all shards.", Arity = ArgumentArity.OneOrMore };
        var (command, file) = Writes("merge", "Puts the shards of one set together: the statistics of the whole set.", files);
        command.SetWork((parsed, _) =>
        {
            NativeRuntime.EnsureLoaded();
            using var statistics = StatisticsFile.Merge(parsed.GetValue(files)!);
            return Write(parsed.GetValue(file)!, statistics);
        });
        return command;
    }

    private static (Command Command, Option<string> File) Writes(string name, string description, Argument given)
    {
        var file = Value<string>("--out", "The .npz file to write: mu and sigma as pytorch-fid stores them, the count and the protocol.");
        file.Required = true;
        return (new Command(name, description) { given, file }, file);
    }

    private static int Write(string file, FeatureStatistics statistics)
    {
        StatisticsFile.Write(file, statistics);
        var origin = statistics.Origin!;
        var part = origin.Shard == Shard.Whole ? "" : $", shard {origin.Shard}";
        Console.WriteLine($"{file}: mean and covariance of {origin.Set}{part}: {statistics.Count} x {statistics.Dimensions} features of " +
            $"{origin.Network}");
        return 0;
    }
}
