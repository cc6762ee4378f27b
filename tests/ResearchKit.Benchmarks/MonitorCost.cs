using System.CommandLine;
using System.Globalization;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>The monitor's share of training time: blocks of steps with and without it in turn, in one process, in processor time.</summary>
internal static class MonitorCost
{
    public static Command Command()
    {
        var name = new Argument<string>("case") { DefaultValueFactory = _ => "toy16" };
        name.AcceptOnlyFromAmong([.. TrainStepCase.Names]);
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 500, Description = "Steps a block." };
        var pairs = new Option<int>("--pairs") { DefaultValueFactory = _ => 60, Description = "Pairs of blocks." };
        var command = new Command("monitor-cost", "What watching a training costs, as a share of its time.") { name, steps, pairs };
        command.SetAction(p =>
        {
            var options = new TrainerOptions { Threads = 1 };
            using var game = TrainStepCase.Create(p.GetValue(name)!, ComputeDevice.Parse("cpu"), null, null, options);
            var monitor = GameMonitor.For(game.Trainer);
            Run(game, p.GetValue(steps), p.GetValue(pairs), run => run.Watch(monitor));
        });
        return command;
    }

    /// <summary>Times pairs of blocks, watched and not, and prints what watching costs.</summary>
    public static void Run(TrainStepCase game, int steps, int pairs, Func<IEnumerable<StepReport>, IEnumerable<StepReport>> watch)
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

        shares.Sort();
        // the median's 95 % interval by order statistics
        var half = (int)Math.Ceiling(1.96 * Math.Sqrt(pairs) / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{game.Description}: watching costs {100 * shares[pairs / 2]:0.00} % of the processor time (median of {pairs} pairs of " +
                $"{steps} steps; 95 % interval {100 * shares[Math.Max(0, (pairs / 2) - half)]:0.00} to " +
                $"{100 * shares[Math.Min(pairs - 1, (pairs / 2) + half)]:0.00} %)"));

        double Block(bool watched)
        {
            var run = game.Trainer.Run(steps);
            var start = Environment.CpuUsage.TotalTime; // not the clock's: others may use the machine
            foreach (var step in watched ? watch(run) : run)
            {
                _ = step.GeneratorLoss;
            }

            return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        }
    }
}
