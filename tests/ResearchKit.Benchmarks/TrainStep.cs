using System.CommandLine;
using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>DCGAN training steps per second, on random images; tests/peers/train_step.py is the same in PyTorch.</summary>
internal static class TrainStep
{
    public static Command Command()
    {
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => CpuThreads.Default };
        var size = new Option<int>("--size") { DefaultValueFactory = _ => 28 };
        var channels = new Option<int>("--channels") { DefaultValueFactory = _ => 1 };
        var features = new Option<int>("--features") { DefaultValueFactory = _ => 32 };
        var batch = new Option<int>("--batch") { DefaultValueFactory = _ => 64 };
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 40, Description = "Steps a block." };
        var blocks = new Option<int>("--blocks") { DefaultValueFactory = _ => 5, Description = "Blocks; the median is quoted." };
        var command = new Command("train-step", "DCGAN training steps per second.") { device, threads, size, channels, features, batch, steps, blocks };
        command.SetAction(p => Run(
            p.GetValue(device)!, p.GetValue(threads), p.GetValue(size), p.GetValue(channels), p.GetValue(features), p.GetValue(batch), p.GetValue(steps), p.GetValue(blocks)));
        return command;
    }

    private static void Run(string deviceName, int threads, int size, int channels, int features, int batch, int steps, int blocks)
    {
        var device = ComputeDevice.Parse(deviceName);
        RandomState.Seed(0);
        using var set = new ImageSet("random", randint(0, 256, [4096, channels, size, size], ScalarType.Byte));
        using var images = set.To(device);
        using var data = new ImageBatches(images, batch, seed: 0);
        using var generator = new DcganGenerator(size, channels, features).to(device);
        using var discriminator = new DcganDiscriminator(size, channels, features).to(device);
        using var trainer = new GanTrainer(generator, discriminator, new NonSaturatingLoss(), data, new TrainerOptions { Threads = threads });
        foreach (var _ in trainer.Run(steps))
        {
            // warm-up
        }

        var rates = new List<double>();
        var resident = new List<long>();
        for (var block = 0; block < blocks; block++)
        {
            var before = trainer.TrainingTime;
            StepReport? last = null;
            foreach (var step in trainer.Run(steps))
            {
                last = step;
            }

            rates.Add(steps / (last!.TrainingTime - before).TotalSeconds);
            resident.Add(Environment.WorkingSet / 1_000_000);
        }

        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ResearchKit  {deviceName} threads {threads}  DCGAN {channels}x{size}x{size} features {features} batch {batch}: median {rates[rates.Count / 2]:0.0} steps/s (min {rates[0]:0.0}, max {rates[^1]:0.0}; {blocks} blocks of {steps}); resident {resident[0]} MB after the first block, {resident[^1]} MB after the last"));
    }
}
