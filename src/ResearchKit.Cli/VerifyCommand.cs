using ResearchKit.Data.Catalog;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class VerifyCommand
{
    private const string Network = "inception";
    private const string Set = "cifar-10";

    public static Command Create()
    {
        var weights = Value<string?>("--weights", "The file of Inception's weights; left out, where PyTorch's hub keeps it.");
        var (device, batch) = (FeatureOptions.DeviceOption(), FeatureOptions.BatchSizeOption());
        var command = new Command("verify", "Checks this installation against published values, the FID and the Inception Score of " +
            "CIFAR-10: 60,000 images go through Inception, for which a CPU needs hours.") { weights, device, batch };
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            return Run(ComputeDevice.Parse(parsed.GetValue(device)!), parsed.GetValue(weights), parsed.GetValue(batch), cancellation);
        });
        return command;
    }

    private static int Run(Device device, string? weights, int? batchSize, CancellationToken cancellation)
    {
        var data = DataCatalog.Find();
        List<string> missing = [];
        using var network = Published(device, weights, missing);
        if (data[Set].Files.FirstOrDefault(f => data.Check(data[Set], f) != FileState.Intact) is { } file)
        {
            missing.Add($"{file.Name} of the data set {Set} is not here, or damaged; run `researchkit data fetch {Set}`");
        }

        if (missing.Count > 0)
        {
            throw new ArgumentException($"{string.Join("; and ", missing)}.");
        }

        using var train = data.LoadImages(Set, "train");
        using var test = data.LoadImages(Set, "test");
        var counts = new[] { train, test }.ToDictionary(s => s.Name, s => TerminalProgress.Of($"features of {s.Name}"));
        var values = PublishedValue.Check(PublishedValue.Cifar10, network!, train, test, batchSize,
            (set, done, total) => counts[set]((int)done, (int)total), cancellation);
        foreach (var (published, measured, isNear) in values)
        {
            Console.WriteLine($"{(isNear ? "ok " : "OFF")} {published.What}: {measured:G7}, published {published.Value:G7} (to " +
                $"{published.Tolerance:G2})");
        }

        return values.All(v => v.IsNear) ? 0 : ExitCode.Failed;
    }

    private static IFeatureNetwork? Published(Device device, string? weights, List<string> missing)
    {
        try
        {
            var network = FeatureNetworks.Load(Network, device, weights, "legacy_tf");
            if (network.Name != Network)
            {
                missing.Add($"{weights}: the SHA-256 is {network.Sha256} and not that of the published weights, " +
                    $"{FeatureNetworks.All.Find(Network).Sha256}, and no published value is of others");
            }

            return network;
        }
        catch (DataFileException e)
        {
            missing.Add(e.Message.TrimEnd('.'));
            return null;
        }
    }
}
