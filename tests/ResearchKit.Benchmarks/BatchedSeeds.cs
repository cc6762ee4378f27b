using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>Trainings that differ in their seeds: one after the other, and as one batch, in turn.</summary>
internal static class BatchedSeeds
{
    public static Command Command()
    {
        var seeds = Arguments.Option("--seeds", 10, "Trainings.");
        var width = Arguments.Option("--features", 16, "Units of each hidden layer.");
        var batch = Arguments.Option("--batch", 64, "Samples a batch.");
        var isPacGan = new Option<bool>("--pacgan") { Description = "PacGAN's own networks, in place of 2 hidden layers." };
        var isImages = new Option<bool>("--images") { Description = "DCGAN of 3 x 28 x 28 images, --features wide, in place of points." };
        var device = Arguments.Option("--device", "cpu", "cpu, cuda:0, ...");
        var threads = Arguments.Option("--threads", 1, "Threads of libtorch.");
        var steps = Arguments.Option("--steps", 200, "Steps of each training in a pair.", "-n");
        var pairs = Arguments.Option("--pairs", 7, "Pairs; the median of their ratios is quoted.");
        var command = new Command("batched-seeds", "Throughput of many seeds as one training, against one after the other.")
        {
            seeds, width, batch, isPacGan, isImages, device, threads, steps, pairs,
        };
        command.SetAction(p =>
        {
            using var owner = new Parts();
            var (on, units, size) = (ComputeDevice.Parse(p.GetValue(device)!), p.GetValue(width), p.GetValue(batch));
            var shape = p.GetValue(isPacGan) ? (MlpOptions.PacGanGenerator, MlpOptions.PacGanDiscriminator)
                : (Hidden(units), Hidden(units));
            Func<int, BatchedTraining> game = p.GetValue(isImages) ? seed => Images(owner, seed, units, size, on)
                : seed => Points(owner, seed, shape, size, on);
            var games = Enumerable.Range(0, p.GetValue(seeds)).Select(game).ToList();
            var networks = p.GetValue(isImages) ? $"DCGAN of 3 x 28 x 28, {units} features"
                : p.GetValue(isPacGan) ? "PacGAN's networks" : $"2 hidden layers of {units}";
            Run(owner, games, new TrainerOptions { Threads = p.GetValue(threads), AverageDecay = null }, p.GetValue(steps),
                p.GetValue(pairs), $"{p.GetValue(device)}, {p.GetValue(threads)} threads, {networks}, batch {size}");
        });
        return command;
    }

    private static MlpOptions Hidden(int units) => new() { Widths = [units, units] };

    private static BatchedTraining Points(Parts owner, int seed, (MlpOptions Generator, MlpOptions Discriminator) shape, int batch,
        Device device)
    {
        RandomState.Seed(seed);
        using var drawn = GaussianMixture.Ring().Sample(4096, seed);
        var points = owner.Keep(drawn.to(device, copy: true));
        return new BatchedTraining(owner.Keep(new MlpGenerator(2, 2, shape.Generator).to(device)),
            owner.Keep(new MlpDiscriminator(2, shape.Discriminator).to(device)), new Game(new NonSaturatingLoss()),
            owner.Keep(new PointBatches(points, batch, seed)), seed);
    }

    private static BatchedTraining Images(Parts owner, int seed, int features, int batch, Device device)
    {
        RandomState.Seed(seed);
        using var noise = rand(512, 3, 28, 28) * 255; // what images show does not change a step's time
        var images = owner.Keep(new ImageSet("noise", noise.to(ScalarType.Byte).to(device)));
        return new BatchedTraining(owner.Keep(new DcganGenerator(28, 3, features).to(device)),
            owner.Keep(new DcganDiscriminator(28, 3, features).to(device)), new Game(new NonSaturatingLoss()),
            owner.Keep(new ImageBatches(images, batch, seed)), seed);
    }

    private static void Run(Parts owner, List<BatchedTraining> games, TrainerOptions options, int steps, int pairs, string words)
    {
        var singles = games.Select(g => owner.Keep(new GanTrainer(g.Generator, g.Discriminator, g.Game, g.Data,
            options with { Seed = g.Seed }))).ToList();
        var together = owner.Keep(new BatchedTrainer(games, options));
        One();
        Batched();
        var all = Enumerable.Range(0, pairs).Select(_ => (One: Measure(One), Batched: Measure(Batched))).ToList();
        double Rate(double seconds) => games.Count * steps / seconds;
        var one = MedianInterval.Of(all.Select(a => Rate(a.One.Wall)));
        var batched = MedianInterval.Of(all.Select(a => Rate(a.Batched.Wall)));
        var (wall, cpu) = (MedianInterval.Of(all.Select(a => a.One.Wall / a.Batched.Wall)),
            MedianInterval.Of(all.Select(a => a.One.Cpu / a.Batched.Cpu)));
        Console.WriteLine($"{games.Count} seeds, {words}; {pairs} pairs of {steps} steps: one after the other {one.Median:0} steps/s, " +
            $"as one {batched.Median:0} (steps times seeds); ratio in pairs {wall.Median:0.00} ({wall.Low:0.00} to {wall.High:0.00}), " +
            $"in processor seconds {cpu.Median:0.00} ({cpu.Low:0.00} to {cpu.High:0.00})");

        void One() => singles.ForEach(s => Finish(s.Run(steps)));

        void Batched() => Finish(together.Run(steps));

        static void Finish(IEnumerable<StepReport> reports) => _ = reports.Last().GeneratorLoss; // waits for the device
    }

    private static (double Wall, double Cpu) Measure(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        work();
        process.Refresh();
        return (watch.Elapsed.TotalSeconds, (process.TotalProcessorTime - before).TotalSeconds);
    }

    private sealed class Parts : Owner
    {
        public T Keep<T>(T part)
            where T : IDisposable => Own(part);
    }
}
