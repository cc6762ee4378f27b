using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Pages;
using TorchSharp;

namespace ResearchKit.Cli;

internal static class PageCommand
{
    public static Command Create()
    {
        var run = Given<string>("run", "A run of cyclegan or pix2pix, the generator.safetensors of one, or pretrained:NAME.");
        var page = Given<string>("page", "The .html file to write. It holds the generator, and needs no network and no server.");
        var examples = Value<string?>("--examples", "Images to begin a drawing with: a folder, or a part of a set as SET:PART or " +
            "SET:PART:CLASS.");
        var count = Value("--count", "How many of them, the first ones.", 12).AtLeast(1, 100);
        var size = Value<int?>("--size", "Side of the images in pixels; left out, that of the run, or for a lone file that of " +
            "the examples.").AtLeast(1, 1024);
        var title = Value<string?>("--title", "What stands at the top of the page.");
        var back = Flag("--back", "Translates from B to A, where cyclegan has learned both ways.");
        var command = new Command("page", "Writes a page for the browser in which a generator from image to image translates what is " +
            "drawn.")
        {
            run, page, examples, count, size, title, back,
        };
        command.SetWork((parsed, _) =>
        {
            NativeRuntime.EnsureLoaded();
            var path = parsed.GetValue(page)!;
            using var source = TranslatorSource.Open(parsed.GetValue(run)!, parsed.GetValue(back));
            var given = parsed.GetValue(size) ?? source.TrainedOn?.ImageSize;
            using var set = parsed.GetValue(examples) is { } images
                ? TranslateCommand.Read(images, given, source.Translator.Inputs, source.Run?.Options.Data) : null;
            using var some = set is null ? null : torch.arange(Math.Min(parsed.GetValue(count), set.Count));
            using var first = some is null ? null : set!.Select(some);
            var side = given ?? set?.Height
                ?? throw new UsageException("A file does not say how large its images are: name their side with --size.");
            var bytes = Typed(() => TranslatorPage.Write(path, source.Translator, side, first, parsed.GetValue(title), Credit(source)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path} written ({bytes / 1e6:0.0} MB): open it in a browser"));
            return 0;
        });
        return command;
    }

    // Whose images it has learned from; null where they are the user's own.
    private static string? Credit(TranslatorSource source) =>
        source.TrainedOn?.Data.Split(':')[0] is { } name && DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == name) is { } set
            ? $"It has learned from {set.Name} ({set.Origin}; {set.Licence.Split(" (data/")[0]})." : null;
}
