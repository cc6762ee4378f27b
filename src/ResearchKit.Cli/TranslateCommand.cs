using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class TranslateCommand
{
    private const int Batch = 64;
    private const int Columns = 8;
    private const string None = "none";
    private const double Noise = 0.02; // 2.5 of 255

    public static Command Create()
    {
        var run = Given<string>("run", "A run of cyclegan or pix2pix, the generator.safetensors of one, or pretrained:NAME.");
        var images = Given<string>("images", "What is translated: a folder of images (FOLDER:left for the left half of " +
            "each), or a part of a set as SET:PART or SET:PART:CLASS.");
        var folder = Value<string?>("--folder", "A folder for one PNG a translation, in the order of the images.");
        var grid = Value<string?>("--grid", "A PNG with each row of images above their translations.");
        var back = Flag("--back", "Translates from B to A, where cyclegan has learned both ways.");
        var size = Value<int?>("--size", "Side in pixels that images are brought to; left out, that of the run, or for a file the " +
            "images' own.").AtLeast(1, 8192);
        var truth = Value<string?>("--truth", "The images' true partners, in the same order: prints how near the translations come to " +
            "them, beside the images as they are and histogram matching, and adds them to --grid.");
        var beside = Repeated("--beside", "Another run to measure beside the first, with --truth; may come again.");
        var network = Value<string>("--network", $"The feature network for --truth: one of `network list`, or {None}.", "resnet18");
        var command = new Command("translate", "Translates images with the generators of a run from image to image, and measures them " +
            "where the truth is known.") { run, images, folder, grid, truth, beside, network, back, size };
        command.SetWork((parsed, cancellation) =>
        {
            var (path, many, one, right) = (parsed.GetValue(run)!, parsed.GetValue(folder), parsed.GetValue(grid), parsed.GetValue(truth));
            var others = parsed.GetValue(beside) ?? [];
            if ((many ?? one ?? right) is null)
            {
                throw new UsageException("Say what the translations are for: --folder DIR, --grid FILE.png, --truth IMAGES, or several.");
            }

            if (right is null && others.Length > 0)
            {
                throw new UsageException("--beside measures another run against the truth: give that with --truth.");
            }

            NativeRuntime.EnsureLoaded();
            var isBack = parsed.GetValue(back);
            using var first = TranslatorSource.Open(path, isBack);
            var side = parsed.GetValue(size) ?? first.TrainedOn?.ImageSize;
            using var set = Read(parsed.GetValue(images)!, side, first.Translator.Inputs, first.Run?.Options.Data);
            using var made = Typed(() => Translate(first.Translator, set, cancellation));
            using var partners = right is null ? null : Read(right, side, first.Translator.Outputs, first.Run?.Options.Data);
            if (partners is not null && partners.Count != set.Count)
            {
                throw new UsageException($"{set.Name} has {set.Count} images and {right} {partners.Count}: --truth takes the partner of " +
                    "each, in the same order.");
            }

            if (one is not null)
            {
                ImageGrid.Of(Rows([set, made, .. partners is null ? [] : (ImageSet[])[partners]]), Columns, caption: partners is null
                    ? "each row of images above their translations" : "rows in turn: images, translations, truth").Save(one);
                Console.WriteLine($"{one} written");
            }

            if (many is not null)
            {
                ImageFolderWriter.Write(made, many, cancellation);
                Console.WriteLine($"{made.Count} images written to {many}");
            }

            if (partners is not null)
            {
                var name = parsed.GetValue(network)!;
                using var features = name == None ? null : Typed(() => FeatureNetworks.Load(name));
                Measure((path, first), others, isBack, (set, made, partners), features, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static void Measure((string Path, TranslatorSource Source) first, string[] others, bool back,
        (ImageSet In, ImageSet Out, ImageSet Truth) sets, IFeatureNetwork? network, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (x, truth) = (All(sets.In), All(sets.Truth));
        List<(string, Tensor)> translations = [];
        if (first.Source.Run?.Options.Data is { DataB: { } b } data && sets.In.Channels == sets.Truth.Channels)
        {
            using var from = Read(back ? b : data.Data, sets.In.Height, sets.In.Channels, data);
            using var to = Read(back ? data.Data : b, sets.In.Height, sets.In.Channels, data);
            translations.Add(("histogram matching", HistogramMatching.Translate(x, from.Images, to.Images)));
        }
        else
        {
            Console.Error.WriteLine("left out: histogram matching, " + (first.Source.Run is null
                ? "since a file does not say what was trained on; give the run's folder"
                : "since the domains have other channels"));
        }

        translations.Add((first.Path, All(sets.Out)));
        foreach (var path in others)
        {
            using var other = TranslatorSource.Open(path, back);
            using var made = Typed(() => Translate(other.Translator, sets.In, cancellation));
            translations.Add((path, All(made)));
        }

        Console.Write(Typed(() => TranslationReport.Of(x, truth, translations, network)));
        if (first.Source.Reverse is { } reverse)
        {
            double There(bool rounded = false, double noise = 0) =>
                TranslationErrors.CycleL1(first.Source.Translator, reverse, x, rounded, noise);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"There and back: L1 {There():0.0000} over all pixels; " +
                $"{There(rounded: true):0.0000} with the translations rounded to 8 bits, {There(noise: Noise):0.0000} with noise of " +
                $"{Noise} on them."));
        }

        static Tensor All(ImageSet set) => set.First((int)set.Count);
    }

    // As the run's own images were read.
    internal static ImageSet Read(string images, int? size, int channels, DataOptions? data)
    {
        if (ImageFolder.Exists(images))
        {
            data ??= new DataOptions();
            size = size ?? throw new UsageException("A file does not say how large the images were that it was trained on: name their " +
                "side with --size.");
            return ImageFolder.Read(images, new ImageFolderOptions
            {
                Size = size, Channels = channels, Fit = data.Fit, Alpha = data.Alpha, Orientation = data.Orientation,
            });
        }

        using var source = SampleSource.Open(images);
        var set = source.Images ?? throw new UsageException($"{images} is no folder of images and no SET:PART of the data catalog.");
        using var sized = set.ResizeTo(size ?? set.Height);
        return sized.ToChannels(channels);
    }

    private static ImageSet Translate(ImageTranslator translator, ImageSet set, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        for (var start = 0L; start < set.Count; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            parts.Add(PixelValues.ToBytes(translator.call(set.Batch(arange(start, Math.Min(start + Batch, set.Count))))));
        }

        return new ImageSet($"{set.Name} translated", cat(parts));
    }

    // Rows of the sets in turn, filled up with white; shape (sets x N, 3, H, W).
    private static Tensor Rows(ImageSet[] sets)
    {
        using var scope = NewDisposeScope();
        var rows = sets.Select(s => s.Images.split(Columns)).ToArray();
        return cat([.. Enumerable.Range(0, rows[0].Length).SelectMany(i => rows.Select(r => Filled(r[i])))]).MoveToOuterDisposeScope();
    }

    private static Tensor Filled(Tensor row)
    {
        var colour = row.expand(-1, 3, -1, -1);
        return row.shape[0] == Columns ? colour
            : cat([colour, full([Columns - row.shape[0], 3, row.shape[2], row.shape[3]], 255, ScalarType.Byte)]);
    }
}
