using System.CommandLine;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Runtime;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>The collapse monitor's share of training time, by the same pairs as <see cref="MonitorCost"/>.</summary>
internal static class CollapseCost
{
    public static Command Command()
    {
        var name = new Argument<string>("case") { DefaultValueFactory = _ => "toy16" };
        name.AcceptOnlyFromAmong([.. TrainStepCase.Names]);
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 500, Description = "Steps a block, a multiple of 100." };
        var pairs = new Option<int>("--pairs") { DefaultValueFactory = _ => 40, Description = "Pairs of blocks." };
        var features = new Option<int?>("--features") { Description = "Width of the networks." };
        var batch = new Option<int?>("--batch") { Description = "Samples a batch." };
        var command = new Command("collapse-cost", "What watching for collapse costs at the default spacing, as a share of the training's time.") { name, steps, pairs, features, batch };
        command.SetAction(p =>
        {
            using var game = TrainStepCase.Create(p.GetValue(name)!, ComputeDevice.Parse("cpu"), p.GetValue(features), p.GetValue(batch), new TrainerOptions { Threads = 1 });
            using var z = randn(2, game.Trainer.Generator.LatentSize);
            using var shape = game.Trainer.Sample(z);
            using var real = randn([1000, .. shape.shape[1..]]);
            using var monitor = CollapseMonitor.For(game.Trainer, real);
            MonitorCost.Run(game, p.GetValue(steps), p.GetValue(pairs), run => run.Watch(monitor));
        });
        return command;
    }
}
