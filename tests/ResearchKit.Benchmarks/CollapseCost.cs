using System.CommandLine;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>The collapse monitor's share of training time: its looks beside the steps of the same run.</summary>
internal static class CollapseCost
{
    public static Command Command()
    {
        var name = Arguments.Case(TrainStepCase.Names, "toy16");
        var steps = Arguments.Option("--steps", 500, "Steps a block, a multiple of 250.", "-n");
        var blocks = Arguments.Option("--blocks", 40, "Blocks of steps.");
        var features = new Option<int?>("--features") { Description = "Width of the networks." };
        var batch = new Option<int?>("--batch") { Description = "Samples a batch." };
        var command = new Command("collapse-cost",
            "What watching for collapse costs at the default spacing, as a share of the training's time.")
        {
            name, steps, blocks, features, batch,
        };
        command.SetAction(p =>
        {
            using var game = TrainStepCase.Create(p.GetValue(name)!, ComputeDevice.Parse("cpu"), p.GetValue(features), p.GetValue(batch),
                new TrainerOptions { Threads = 1 });
            using var z = randn(2, game.Trainer.Generator.LatentSize);
            using var shape = game.Trainer.Sample(z);
            using var real = randn([1000, .. shape.shape[1..]]);
            using var monitor = CollapseMonitor.For(game.Trainer, real);
            Run(game, monitor, p.GetValue(steps), p.GetValue(blocks));
        });
        return command;
    }

    // A look is a matter of milliseconds every some hundred steps: it is timed by itself, within the same run, since the difference of two
    // blocks of steps varies by more than that.
    private static void Run(TrainStepCase game, CollapseMonitor monitor, int steps, int blocks)
    {
        var shares = new List<double>();
        for (var block = -1; block < blocks; block++) // the first warms up
        {
            var (start, looking) = (Environment.CpuUsage.TotalTime, TimeSpan.Zero);
            foreach (var step in game.Trainer.Run(steps))
            {
                var before = step.Step % monitor.Every == 0 ? Environment.CpuUsage.TotalTime : default;
                monitor.Observe(step);
                looking += step.Step % monitor.Every == 0 ? Environment.CpuUsage.TotalTime - before : default;
            }

            if (block >= 0)
            {
                shares.Add(looking / (Environment.CpuUsage.TotalTime - start - looking));
            }
        }

        var (median, low, high) = MedianInterval.Of(shares);
        Console.WriteLine($"{game.Description}: looking every {monitor.Every} steps at {monitor.Samples!.shape[0]} samples costs " +
            $"{100 * median:0.00} % of the training's processor time (median of {blocks} blocks of {steps} steps; " +
            $"95 % interval {100 * low:0.00} to {100 * high:0.00} %)");
    }
}
