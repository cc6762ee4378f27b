using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Benchmarks;

/// <summary>What a run's events cost: time for a logged step's numbers and for a sheet, and tensors that are alive afterwards.</summary>
internal static class EventCost
{
    private const int Blocks = 5;

    public static Command Command()
    {
        var lines = Arguments.Option("--lines", 2000, "Logged steps a block.", "-n");
        var command = new Command("event-cost",
            $"Time of TensorBoard events for a logged step and for a sheet of 64 images; medians of {Blocks} blocks.") { lines };
        command.SetAction(p => Run(p.GetValue(lines)));
        return command;
    }

    private static void Run(int lines)
    {
        var folder = Directory.CreateTempSubdirectory("researchkit-events-").FullName;
        try
        {
            var options = new ExperimentOptions().With("samples=64", "features=4", "latent=8", "batch=8", "steps=4", "gridEvery=2");
            var run = RunFolder.Create(folder, options);
            _ = ExperimentRun.Train(run).Count();
            var numbers = Enumerable.Range(0, 13).Select(i => ($"number{i}", i / 7.0)).ToArray();
            var before = Tensor.TotalCount;
            var perLine = Median(lines, i => run.Events.Add(i, numbers));
            var perSheet = Median(20, i => run.Events.AddImage(i, "samples", run.Grid(4)));
            Console.WriteLine($"{perLine * 1e6:0} us a logged step of 13 numbers, " +
                $"{perSheet * 1e3:0.0} ms a sheet of 64 images of 28 x 28; " +
                $"live tensors {before} before, {Tensor.TotalCount} after");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(int count, Action<int> work) => MedianInterval.Of(Enumerable.Range(0, Blocks).Select(_ =>
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            work(i);
        }

        return watch.Elapsed.TotalSeconds / count;
    })).Median;
}
