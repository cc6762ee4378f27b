using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>Images of folders a second, decoded, resized and sent through a feature network; the peers' scripts compare the features that
/// it writes.</summary>
internal static class FeatureSpeed
{
    public static Command Command()
    {
        var folders = new Argument<string[]>("folders")
        {
            Description = "Folders of images, or parts of the kit's sets, as emoji-faces-32:train.", Arity = ArgumentArity.OneOrMore,
        };
        var network = Arguments.Option("--network", "resnet18", "The feature network.");
        var weights = Arguments.Option<string?>("--weights", null, "The file of its weights; left out, where they are kept.");
        var resizer = Arguments.Option<string?>("--resizer", null, "How images are brought to its size; left out, its own way.");
        var alpha = Arguments.Option("--alpha", AlphaHandling.OnWhite, "What becomes of transparency.");
        var batch = Arguments.Option<int?>("--batch-size", null, "Images at a time; left out, as many as the network's size allows.");
        var device = Arguments.Option("--device", "cpu", "cpu, cuda:0, ...");
        var threads = Arguments.Option("--threads", CpuThreads.Default, "Threads of libtorch.");
        var file = Arguments.Option<string?>("--out", null, "A .npy file for the features of all folders: float32, (N, D).");
        var command = new Command("features", "Images a second through a feature network, and the most memory that the process had.")
            { folders, network, weights, resizer, alpha, batch, device, threads, file };
        command.SetAction(p =>
        {
            CpuThreads.Use(p.GetValue(threads));
            using var scope = NewDisposeScope();
            var place = ComputeDevice.Parse(p.GetValue(device)!);
            using var loaded = FeatureNetworks.Load(p.GetValue(network)!, place, p.GetValue(weights), p.GetValue(resizer));
            var options = new ImageFolderOptions { Channels = loaded.Preparation.Channels, Alpha = p.GetValue(alpha) };
            Run(loaded, [.. p.GetValue(folders)!.Select(f => Open(f, options))], place, p.GetValue(batch), p.GetValue(file));
        });
        return command;
    }

    private static IImageSource Open(string text, ImageFolderOptions options) =>
        !Directory.Exists(text) && text.Split(':', 2) is [var set, var part] ? DataCatalog.Find().LoadImages(set, part)
            : new FolderSource(text, options);

    private static void Run(IFeatureNetwork network, IImageSource[] images, TorchSharp.torch.Device device, int? batchSize, string? file)
    {
        if (device.type != TorchSharp.DeviceType.CPU)
        {
            Array.ForEach(All(), s => s.Dispose()); // a card's first calls choose their kernels
        }

        var clock = Stopwatch.StartNew();
        var sets = All();
        var features = cat([.. sets.Select(s => s.Features)]).cpu(); // waits for the device
        var seconds = clock.Elapsed.TotalSeconds;
        var count = sets.Sum(s => s.Count);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"{network.Name}: {count} images in {seconds:0.00} s, {count / seconds:0.00} images/s, " +
            $"peak {process.PeakWorkingSet64 / 1_000_000} MB");
        if (file is not null)
        {
            NpyFile.Write(file, features);
        }

        Array.ForEach(sets, s => s.Dispose());

        FeatureSet[] All() => Array.ConvertAll(images, i => FeatureExtraction.Of(network, i, batchSize));
    }
}
