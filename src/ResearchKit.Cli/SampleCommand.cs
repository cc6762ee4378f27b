using System.Globalization;
using System.CommandLine;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary><c>researchkit sample RUN [--count N] [--seed S] [--folder DIR] [--grid FILE] [--film FILE]</c>.</summary>
internal static class SampleCommand
{
    private const int MostTiles = 256; // a film of more is larger than anybody looks at
    private const int FrameMilliseconds = 80;

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run's folder, or a generator's file. Of a run that is not done its " +
            "last checkpoint is taken." };
        var count = new Option<int?>("--count") { Description = "How many samples; 64, or 16 for a film alone." }.AtLeast(1);
        var seed = new Option<long>("--seed") { Description = "Chooses z." };
        var folder = new Option<string?>("--folder") { Description = "A folder for one PNG a sample." };
        var grid = new Option<string?>("--grid") { Description = "A PNG with all of them side by side." };
        var film = new Option<string?>("--film") { Description = "An animated PNG that repeats: each of its tiles walks through latent " +
            "space, past six z and back." };
        var command = new Command("sample", "Draws samples from a trained generator of pictures.") { run, count, seed, folder, grid, film };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var filmFile = parsed.GetValue(film);
                var pictures = parsed.GetValue(folder) is not null || parsed.GetValue(grid) is not null;
                if (filmFile is null && !pictures)
                {
                    throw new UsageException("Say where the samples go: --folder DIR, --grid FILE.png, --film FILE.png, or several of " +
                        "them.");
                }

                var number = parsed.GetValue(count) ?? (pictures ? 64 : 16);
                NativeRuntime.EnsureLoaded();
                using var source = Open(parsed.GetValue(run)!);
                if (pictures)
                {
                    Draw(source.Generator, parsed.GetValue(run)!, number, parsed.GetValue(seed), parsed.GetValue(folder),
                        parsed.GetValue(grid), cancellation);
                }

                if (filmFile is not null)
                {
                    Film(source.Generator, parsed.GetValue(run)!, number, parsed.GetValue(seed), filmFile, cancellation);
                }

                return 0;
            },
            CancellationToken.None));
        return command;
    }

    private static void Draw(LatentGenerator generator, string name, int count, long seed, string? folder, string? grid,
        CancellationToken cancellation)
    {
        using var set = GeneratorImages.Draw(generator, name, count, seed, cancellation: cancellation);
        if (grid is not null)
        {
            ImageGrid.Of(set.Images, Columns(count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (folder is not null)
        {
            ImageFolderWriter.Write(set, folder, cancellation);
            Console.WriteLine($"{count} pictures written to {folder}");
        }
    }

    private static void Film(LatentGenerator generator, string name, int count, long seed, string file, CancellationToken cancellation)
    {
        if (count > MostTiles)
        {
            throw new UsageException($"A film takes at most {MostTiles} tiles, not {count}; name fewer with --count.");
        }

        var frames = GeneratorImages.Walk(generator, name, count, seed).TakeWhile(_ => !cancellation.IsCancellationRequested);
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
        if (run.Options.HasPoints)
        {
            throw new DataFileException(path, "this run learns points and not pictures, so there is nothing to draw; load its " +
                "generator.safetensors with GeneratorFile.Load in a notebook and plot the points.");
        }

        var loaded = RunGenerator.Load(run, Console.Error.WriteLine);
        if (!run.IsDone)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{path}: not done; the samples are of step {loaded.Step} of " +
                $"{run.Options.Steps}."));
        }

        return loaded;
    }
}
