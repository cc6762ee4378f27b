using System.CommandLine;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>The monitor's share of training time: blocks of steps with and without it in turn, in one process, in processor time.</summary>
internal static class MonitorCost
{
    public static Command Command()
    {
        var name = Arguments.Case(TrainStepCase.Names, "toy16");
        var steps = Arguments.Option("--steps", 500, "Steps a block.", "-n");
        var pairs = Arguments.Option("--pairs", 60, "Pairs of blocks.");
        var command = new Command("monitor-cost", "What watching a training costs, as a share of its time.") { name, steps, pairs };
        command.SetAction(p =>
        {
            var options = new TrainerOptions { Threads = 1 };
            using var game = TrainStepCase.Create(p.GetValue(name)!, ComputeDevice.Parse("cpu"), null, null, options);
            Run(game, GameMonitor.For(game.Trainer), p.GetValue(steps), p.GetValue(pairs));
        });
        return command;
    }

    private static void Run(TrainStepCase game, GameMonitor monitor, int steps, int pairs)
    {
        for (var i = 0; i < 6; i++)
        {
            Block(i % 2 == 0); // warm-up, also for the just-in-time compiler
        }

        var shares = new List<double>();
        for (var i = 0; i < pairs; i++)
        {
            // which comes first alternates, so that a drift of the machine falls on both
            var (first, second) = (Block(i % 2 == 0), Block(i % 2 != 0));
            shares.Add(i % 2 == 0 ? (first / second) - 1 : (second / first) - 1);
        }

        var (median, low, high) = MedianInterval.Of(shares);
        Console.WriteLine($"{game.Description}: watching costs {100 * median:0.00} % of the processor time " +
            $"(median of {pairs} pairs of {steps} steps; 95 % interval {100 * low:0.00} to {100 * high:0.00} %)");

        double Block(bool watched)
        {
            var run = game.Trainer.Run(steps);
            var start = Environment.CpuUsage.TotalTime; // not the clock's: others may use the machine
            foreach (var step in watched ? run.Watch(monitor) : run)
            {
                _ = step.GeneratorLoss;
            }

            return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        }
    }
}
