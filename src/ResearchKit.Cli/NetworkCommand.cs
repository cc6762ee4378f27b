using ResearchKit.Data.Catalog;
using ResearchKit.Metrics.Networks;
using ResearchKit.State;

namespace ResearchKit.Cli;

internal static class NetworkCommand
{
    public static Command Create() => new("network", "The feature networks that metrics are computed with.") { List(), Train() };

    private static Command List()
    {
        var command = new Command("list", "Lists the feature networks with their held-out accuracy and SHA-256.");
        command.SetAction(_ =>
        {
            foreach (var network in FeatureNetworks.All)
            {
                var accuracy = network.Accuracy is { } share ? $"; held-out accuracy {share:P2}" : "";
                Console.WriteLine($"{network.Name,-14} {network.Title}{accuracy}" +
                    (network.Sha256.Length > 0 ? $"; SHA-256 {network.Sha256}" : ""));
            }

            return 0;
        });
        return command;
    }

    private static Command Train()
    {
        var name = Given<string>("name", "The network, as `network list` names it.");
        var file = Value<string>("--out", "The safetensors file to write.");
        file.Required = true;
        var command = new Command("train", "Trains a feature network again by its recipe: other processors give other last digits, " +
            "hence another SHA-256.") { name, file };
        command.SetWork((parsed, cancellation) => Run(parsed.GetValue(name)!, parsed.GetValue(file)!, cancellation));
        return command;
    }

    private static int Run(string name, string file, CancellationToken cancellation)
    {
        var recipe = Typed(() => FeatureNetworks.All.Find(name)).Recipe
            ?? throw new UsageException($"{name} was not trained here; those that can be are " +
                $"{string.Join(", ", FeatureNetworks.All.Where(n => n.Recipe is not null).Select(n => n.Name))}.");
        NativeRuntime.EnsureLoaded();
        var data = DataCatalog.Find();
        using var train = data.LoadImages(recipe.Set, "train");
        using var test = data.LoadImages(recipe.Set, "test");
        Console.WriteLine($"{recipe}");
        using var network = ClassifierTraining.Run(train, recipe, (epoch, of, loss) => Console.WriteLine(
            $"epoch {epoch,2} of {of}  loss {loss:0.0000}"), cancellation);
        var accuracy = ClassifierTraining.Accuracy(network, test);
        StateFile.Save(network, file, new Dictionary<string, string>
        {
            ["recipe"] = recipe.ToString(), ["held_out_accuracy"] = accuracy.ToString("R", CultureInfo.InvariantCulture),
        });
        Console.WriteLine($"held-out accuracy {accuracy:0.0000} on {test.Count} images, " +
            $"{ClassifierTraining.Accuracy(network, train):0.0000} on the {train.Count} of the training");
        Console.WriteLine($"{file}  SHA-256 {DataCatalog.Sha256Of(file)}");
        return 0;
    }
}
