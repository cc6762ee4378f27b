using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>What a run's events cost: time for a logged step's numbers and for a sheet, and tensors that are alive afterwards.</summary>
internal static class EventCost
{
    public static Command Command()
    {
        var lines = new Option<int>("--lines", "-n") { DefaultValueFactory = _ => 2000, Description = "Logged steps a block." };
        var command = new Command("event-cost",
            "Time of TensorBoard events for a logged step and for a sheet of 64 pictures; medians of 5 blocks.") { lines };
        command.SetAction(p => Run(p.GetValue(lines)));
        return command;
    }

    private static int Run(int lines)
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
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{perLine * 1e6:0} us a logged step of 13 numbers, {perSheet * 1e3:0.0} ms a sheet of 64 pictures of 28 x 28; live " +
                $"tensors {before} before, {Tensor.TotalCount} after"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(int count, Action<int> work)
    {
        var blocks = Enumerable.Range(0, 5).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return watch.Elapsed.TotalSeconds / count;
        });
        return blocks.Order().ElementAt(2);
    }
}
