using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Models;

namespace ResearchKit.Cli;

internal static class SampleCommand
{
    private const int MostTiles = 256; // a film of more is larger than anybody looks at
    private const int FrameMilliseconds = 80;

    public static Command Create()
    {
        var run = Given<string>("run", "A run's folder, or a generator's file. Of a run that is not done its last checkpoint " +
            "is taken.");
        var count = Value<int?>("--count", "How many samples; 64, or 16 for a film alone.").AtLeast(1);
        var seed = Value<long>("--seed", "Chooses z.").Whole();
        var only = Value<string?>("--class", "Draws this class alone, by its name or number; else classes come as often as in the data.");
        var folder = Value<string?>("--folder", "A folder for one PNG a sample.");
        var grid = Value<string?>("--grid", "A PNG with all of them side by side.");
        var filmFile = Value<string?>("--film", "An animated PNG that repeats: each of its tiles walks through latent space, past six z " +
            "and back.");
        var command = new Command("sample", "Draws samples from a trained generator of images.") { run, count, seed, only,
            folder, grid, filmFile };
        command.SetWork((parsed, cancellation) =>
        {
            var (path, film, s) = (parsed.GetValue(run)!, parsed.GetValue(filmFile), parsed.GetValue(seed));
            var (many, one) = (parsed.GetValue(folder), parsed.GetValue(grid));
            if ((film ?? many ?? one) is null)
            {
                throw new UsageException("Say where the samples go: --folder DIR, --grid FILE.png, --film FILE.png, or several of them.");
            }

            var number = parsed.GetValue(count) ?? ((many ?? one) is null ? 16 : 64);
            foreach (var (option, file) in ((string, string?)[])[("--grid", one), ("--film", film)])
            {
                if (file is not null && !file.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
                {
                    throw new UsageException($"{option} {file}: it is written as PNG, so give it a name that ends in .png.");
                }
            }

            NativeRuntime.EnsureLoaded();
            using var source = Open(path);
            var label = parsed.GetValue(only) is { } wanted ? Label(source.Generator, path, wanted) : (long?)null;
            if ((many ?? one) is not null)
            {
                Draw(source.Generator, path, number, s, label, many, one, cancellation);
            }

            if (film is not null)
            {
                Film(source.Generator, path, number, s, label, film, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static long Label(LatentGenerator generator, string path, string wanted) => generator.Labels is { } classes
        ? Typed(() => classes.Find(wanted))
        : throw new UsageException($"{path}: the generator was trained without classes, so it cannot draw '{wanted}' alone; train one " +
            "with --set conditional=true.");

    private static void Draw(LatentGenerator generator, string name, int count, long seed, long? label, string? folder, string? grid,
        CancellationToken cancellation)
    {
        using var set = GeneratorImages.Draw(generator, name, count, seed, label: label, cancellation: cancellation);
        if (grid is not null)
        {
            ImageGrid.Of(set.Images, Columns(count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (folder is not null)
        {
            ImageFolderWriter.Write(set, folder, cancellation);
            Console.WriteLine($"{count} images written to {folder}");
        }
    }

    private static void Film(LatentGenerator generator, string name, int count, long seed, long? label, string file,
        CancellationToken cancellation)
    {
        if (count > MostTiles)
        {
            throw new UsageException($"A film takes at most {MostTiles} tiles, not {count}; name fewer with --count.");
        }

        var frames = GeneratorImages.Walk(generator, name, count, seed, label: label)
            .TakeWhile(_ => !cancellation.IsCancellationRequested);
        var animation = GridAnimation.Of(frames, Columns(count), frameMilliseconds: FrameMilliseconds);
        cancellation.ThrowIfCancellationRequested();
        animation.Save(file);
        Console.WriteLine($"{file} written: {animation}");
    }

    private static int Columns(int count) => (int)Math.Ceiling(Math.Sqrt(count));

    private static RunGenerator Open(string path)
    {
        if (!Directory.Exists(path))
        {
            return RunGenerator.FromFile(path);
        }

        var run = RunFolder.Open(path);
        if (DataKinds.KindOf(run.Options.Data) == SampleKind.Points)
        {
            throw new DataFileException(path, "this run learns points and not images, so there is nothing to draw; load its " +
                "generator.safetensors with GeneratorFile.Load in a notebook and plot the points.");
        }

        var loaded = RunGenerator.Load(run, Console.Error.WriteLine);
        if (!run.IsDone)
        {
            Console.Error.WriteLine($"{path}: not done; the samples are of step {loaded.Step} of {run.Options.Run.Steps}.");
        }

        return loaded;
    }
}
