using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Data;
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
        var folders = new Argument<string[]>("folders") { Description = "Folders of images.", Arity = ArgumentArity.OneOrMore };
        var network = Arguments.Option("--network", "resnet18", "The feature network.");
        var weights = Arguments.Option<string?>("--weights", null, "The file of its weights; left out, where they are kept.");
        var resizer = Arguments.Option<string?>("--resizer", null, "How images are brought to its size; left out, its own way.");
        var alpha = Arguments.Option("--alpha", AlphaHandling.OnWhite, "What becomes of transparency.");
        var batch = Arguments.Option<int?>("--batch-size", null, "Images at a time; left out, as many as the network's size allows.");
        var threads = Arguments.Option("--threads", CpuThreads.Default, "Threads of libtorch.");
        var file = Arguments.Option<string?>("--out", null, "A .npy file for the features of all folders: float32, (N, D).");
        var command = new Command("features", "Images a second through a feature network, and the most memory that the process had.")
            { folders, network, weights, resizer, alpha, batch, threads, file };
        command.SetAction(p =>
        {
            CpuThreads.Use(p.GetValue(threads));
            using var scope = NewDisposeScope();
            using var loaded = FeatureNetworks.Load(p.GetValue(network)!, CPU, p.GetValue(weights), p.GetValue(resizer));
            var options = new ImageFolderOptions { Channels = loaded.Preparation.Channels, Alpha = p.GetValue(alpha) };
            Run(loaded, [.. p.GetValue(folders)!.Select(f => new FolderSource(f, options))], p.GetValue(batch), p.GetValue(file));
        });
        return command;
    }

    private static void Run(IFeatureNetwork network, FolderSource[] folders, int? batchSize, string? file)
    {
        var clock = Stopwatch.StartNew();
        var sets = Array.ConvertAll(folders, f => FeatureExtraction.Of(network, f, batchSize));
        var seconds = clock.Elapsed.TotalSeconds;
        var images = sets.Sum(s => s.Count);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"{network.Name}: {images} images in {seconds:0.00} s, {images / seconds:0.00} images/s, " +
            $"peak {process.PeakWorkingSet64 / 1_000_000} MB");
        if (file is not null)
        {
            NpyFile.Write(file, cat([.. sets.Select(s => s.Features)]));
        }

        Array.ForEach(sets, s => s.Dispose());
    }
}
