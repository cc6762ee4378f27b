using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class TranslateCommand
{
    private const int Batch = 64;
    private const int Columns = 8;

    public static Command Create()
    {
        var run = Given<string>("run", "A run of cyclegan or pix2pix, or the generator.safetensors of one.");
        var images = Given<string>("images", "What is translated: a folder of images, or a part of a set as SET:PART or SET:PART:CLASS.");
        var folder = Value<string?>("--folder", "A folder for one PNG a translation, in the order of the images.");
        var grid = Value<string?>("--grid", "A PNG with each row of images above their translations.");
        var back = Flag("--back", "Translates from B to A, where cyclegan has learned both ways.");
        var size = Value<int?>("--size", "Side in pixels that images are brought to; the run's own when left out.").AtLeast(1, 8192);
        var command = new Command("translate", "Translates images with the generators of a run from image to image.")
            { run, images, folder, grid, back, size };
        command.SetWork((parsed, cancellation) =>
        {
            var (path, many, one) = (parsed.GetValue(run)!, parsed.GetValue(folder), parsed.GetValue(grid));
            if ((many ?? one) is null)
            {
                throw new UsageException("Say where the translations go: --folder DIR, --grid FILE.png, or both.");
            }

            NativeRuntime.EnsureLoaded();
            var done = RunFolder.Exists(path) ? RunFolder.Open(path) : null;
            if (done is { IsDone: false })
            {
                throw new DataFileException(path, "this run is not done, and has no generators to translate with yet: continue it " +
                    $"(train --out {path} --resume).");
            }

            using var translators = TranslatorFile.Load(done?.GeneratorFile ?? path);
            var translator = !parsed.GetValue(back) ? translators.AToB
                : translators.BToA ?? throw new UsageException($"{path} has learned one way only: leave out --back.");
            using var set = Read(parsed.GetValue(images)!, parsed.GetValue(size) ?? SizeOf(done, translator), translator.Inputs,
                done?.Options.Data);
            using var made = Typed(() => Translate(translator, set, cancellation));
            if (one is not null)
            {
                ImageGrid.Of(Rows(set, made), Columns, caption: "each row of images above their translations").Save(one);
                Console.WriteLine($"{one} written");
            }

            if (many is not null)
            {
                ImageFolderWriter.Write(made, many, cancellation);
                Console.WriteLine($"{made.Count} images written to {many}");
            }

            return 0;
        });
        return command;
    }

    private static int SizeOf(RunFolder? run, ImageTranslator translator) =>
        run?.ImageSize ?? (translator as UNetTranslator)?.ImageSize ?? throw new UsageException("A file does not say how large the " +
            "images were that it was trained on: name their side with --size.");

    // As the run's own images were read.
    private static ImageSet Read(string images, int size, int channels, DataOptions? data)
    {
        if (Directory.Exists(images))
        {
            data ??= new DataOptions();
            return ImageFolder.Read(images, new ImageFolderOptions
            {
                Size = size, Channels = channels, Fit = data.Fit, Alpha = data.Alpha, Orientation = data.Orientation,
            });
        }

        using var source = SampleSource.Open(images);
        var set = source.Images ?? throw new UsageException($"{images} is no folder of images and no SET:PART of the data catalog.");
        using var sized = set.ResizeTo(size);
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

    // Rows of images in turn with rows of their translations, filled up with white; shape (2 N, 3, H, W).
    private static Tensor Rows(ImageSet set, ImageSet made)
    {
        using var scope = NewDisposeScope();
        var rows = set.Images.split(Columns).Zip(made.Images.split(Columns))
            .SelectMany(r => new[] { Filled(r.First), Filled(r.Second) });
        return cat([.. rows]).MoveToOuterDisposeScope();
    }

    private static Tensor Filled(Tensor row)
    {
        var colour = row.expand(-1, 3, -1, -1);
        return row.shape[0] == Columns ? colour
            : cat([colour, full([Columns - row.shape[0], 3, row.shape[2], row.shape[3]], 255, ScalarType.Byte)]);
    }
}
