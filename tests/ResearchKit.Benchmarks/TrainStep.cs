using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>Training steps per second; tests/peers/train_step.py is the same in PyTorch, and train_step_pairs.py runs both in turn.
/// </summary>
internal static class TrainStep
{
    public static Command Command()
    {
        var name = Arguments.Case(TrainStepCase.Names, "dcgan28");
        var device = Arguments.Option("--device", "cpu", "cpu, cuda:0, ...");
        var threads = Arguments.Option("--threads", CpuThreads.Default, "Threads of libtorch.");
        var precision = Arguments.Option("--precision", Precision.Full, "Of the numbers in matrix products and convolutions.");
        var features = new Option<int?>("--features") { Description = "Other widths than the case's." };
        var batch = new Option<int?>("--batch") { Description = "Another batch than the case's." };
        var unread = new Option<bool>("--unread") { Description = "Reads no report and keeps no averaged generator." };
        var steps = Arguments.Option("--steps", 40, "Steps a block.", "-n");
        var blocks = Arguments.Option("--blocks", 5, "Blocks; the median is quoted.");
        var command = new Command("train-step", "Training steps per second.")
        {
            name, device, threads, precision, features, batch, unread, steps, blocks,
        };
        command.SetAction(p =>
        {
            var options = new TrainerOptions { Threads = p.GetValue(threads), Precision = p.GetValue(precision),
                AverageDecay = p.GetValue(unread) ? null : 0.999 };
            using var game = TrainStepCase.Create(p.GetValue(name)!, ComputeDevice.Parse(p.GetValue(device)!), p.GetValue(features),
                p.GetValue(batch), options);
            Run(game, p.GetValue(device)!, options, !p.GetValue(unread), p.GetValue(steps), p.GetValue(blocks));
        });
        return command;
    }

    private static void Run(TrainStepCase game, string device, TrainerOptions options, bool read, int steps, int blocks)
    {
        Block(); // warm-up: native memory, and twice for the just-in-time compiler
        Block();
        var rates = new List<double>();
        var resident = new List<long>();
        for (var block = 0; block < blocks; block++)
        {
            rates.Add(steps / Block());
            resident.Add(Environment.WorkingSet / 1_000_000);
        }

        Console.WriteLine(
            $"ResearchKit  {device} {options.Precision} threads {options.Threads}{(read ? " read" : "")}  {game.Description}: " +
            $"median {MedianInterval.Of(rates).Median:0.0} steps/s (min {rates.Min():0.0}, max {rates.Max():0.0}; " +
            $"{blocks} blocks of {steps}); resident {resident[0]} MB after the first block, {resident[^1]} MB after the last");

        double Block()
        {
            var watch = Stopwatch.StartNew();
            StepReport? last = null;
            foreach (var step in game.Trainer.Run(steps))
            {
                last = step;
                if (read && !double.IsFinite(step.GeneratorLoss))
                {
                    throw new InvalidOperationException("The training diverged.");
                }
            }

            _ = last!.GeneratorLoss; // waits for the device
            return watch.Elapsed.TotalSeconds;
        }
    }
}
