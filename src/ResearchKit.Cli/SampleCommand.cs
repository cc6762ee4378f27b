using ResearchKit.Data;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class SampleCommand
{
    private const int MostTiles = 256; // a film of more is larger than anybody looks at
    private const int FrameMilliseconds = 80;

    public static Command Create()
    {
        var run = Given<string>("run", "A run's folder, a generator's file, or one that ships with the kit (pretrained:NAME). Of a run " +
            "that is not done its last checkpoint is taken.");
        var count = Value<int?>("--count", "How many samples; 64, or 16 for a film alone.").AtLeast(1);
        var seed = Value<long>("--seed", "Chooses z.").Whole();
        var list = Value<string?>("--seeds", "One sample of each of these seeds, as 3,7,10..20, in place of --count and --seed.");
        var truncation = Value<double?>("--truncation", "Above 0: the smaller, the more typical and the less varied; 0.7 is usual. For " +
            "StyleGAN2 psi, for others the bound of z's numbers.");
        var only = Value<string?>("--class", "Draws this class alone, by its name or number; else classes come as often as in the data.");
        var folder = Value<string?>("--folder", "A folder for one file a sample: PNG, or WAV for sounds.");
        var grid = Value<string?>("--grid", "A PNG with all of them side by side; of sounds their spectrograms and waves.");
        var nearest = Value<string?>("--nearest", "Shows under each row of --grid the most similar training image of each sample, by its " +
            "pixels, and says how near they are: a folder, or SET:PART.");
        var filmFile = Value<string?>("--film", "An animated PNG that repeats: each of its tiles walks through latent space, past six z " +
            "and back.");
        var wav = Value<string?>("--wav", "Of a generator of sounds: a WAV file with all of them, one after the other.");
        var textFile = Value<string?>("--text", "Of a generator of text: a text file with a line a sample; left out, they are printed.");
        var command = new Command("sample", "Draws samples from a trained generator of images, sounds or text.") { run, count, seed,
            list, only, truncation, folder, grid, nearest, filmFile, wav, textFile };
        command.SetWork((parsed, cancellation) =>
        {
            var (path, film, s) = (parsed.GetValue(run)!, parsed.GetValue(filmFile), parsed.GetValue(seed));
            var (many, one, heard, lines) = (parsed.GetValue(folder), parsed.GetValue(grid), parsed.GetValue(wav),
                parsed.GetValue(textFile));
            var number = parsed.GetValue(count) ?? (film is not null && (many ?? one) is null ? 16 : 64);
            foreach (var (option, file, ending) in ((string, string?, string)[])
                [("--grid", one, ".png"), ("--film", film, ".png"), ("--wav", heard, ".wav"), ("--text", lines, ".txt")])
            {
                if (file?.EndsWith(ending, StringComparison.OrdinalIgnoreCase) == false)
                {
                    throw new UsageException($"{option} {file}: it is written as {ending[1..].ToUpperInvariant()}, so give it a name " +
                        $"that ends in {ending}.");
                }
            }

            if (parsed.GetValue(nearest) is not null && one is null)
            {
                throw new UsageException("--nearest shows images in a grid: name its file with --grid.");
            }

            NativeRuntime.EnsureLoaded();
            using var source = Open(PretrainedGenerators.Resolve(path));
            var label = parsed.GetValue(only) is { } wanted ? Label(source.Generator, path, wanted) : (long?)null;
            var most = parsed.GetValue(truncation);
            if (most is not (null or (> 0 and < double.PositiveInfinity)))
            {
                throw new UsageException($"--truncation must be a number above 0, not {most}.");
            }

            var seeds = parsed.GetValue(list) is { } text ? Seeds(text) : null;
            if (source.Generator is ITextGenerator)
            {
                if ((film ?? many ?? one ?? heard ?? parsed.GetValue(nearest)) is not null)
                {
                    throw new UsageException("--folder, --grid, --film, --wav and --nearest are for images or sounds, and this generator " +
                        "makes text: leave them out, and name a file with --text FILE.txt, or none.");
                }

                WriteText(source.Generator, path, (number, s, seeds, most), lines, cancellation);
                return 0;
            }

            if (lines is not null)
            {
                throw new UsageException("--text is for generators of text, and this one makes others: leave it out.");
            }

            if ((film ?? many ?? one ?? heard) is null)
            {
                throw new UsageException("Say where the samples go: --folder DIR, --grid FILE.png, --film FILE.png, --wav FILE.wav, or " +
                    "several of them.");
            }

            if (source.Generator is ISoundGenerator)
            {
                if ((film ?? parsed.GetValue(nearest)) is not null)
                {
                    throw new UsageException("--film and --nearest are for images, and this generator makes sounds: leave them out.");
                }

                WriteSounds(source.Generator, path, (number, s, seeds, most), many, one, heard, cancellation);
                return 0;
            }

            if (heard is not null)
            {
                throw new UsageException("--wav is for generators of sounds, and this one makes others: leave it out.");
            }

            if ((many ?? one) is not null)
            {
                using var set = seeds is null
                    ? GeneratorImages.Draw(source.Generator, path, number, s, label: label, truncation: most, cancellation: cancellation)
                    : OfSeeds(source.Generator, path, seeds, label, most, cancellation);
                var data = RunFolder.Exists(path) ? RunFolder.Open(path).Options.Data : null;
                using var pairs = parsed.GetValue(nearest) is { } pool ? WithNearest(set, pool, data, cancellation) : null;
                Write(set, many, one, pairs, cancellation);
            }

            if (film is not null)
            {
                Film(source.Generator, path, number, s, label, most, film, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static long Label(LatentGenerator generator, string path, string wanted) => generator.Labels is { } classes
        ? Typed(() => classes.Find(wanted))
        : throw new UsageException($"{path}: the generator was trained without classes, so it cannot draw '{wanted}' alone; train one " +
            "with --set conditional=true.");

    private static ImageSet OfSeeds(LatentGenerator generator, string name, long[] seeds, long? label, double? truncation,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sets = seeds.Select(seed => GeneratorImages.Draw(generator, name, 1, seed, label: label, truncation: truncation,
            cancellation: cancellation)).ToList();
        var set = new ImageSet(name, cat([.. sets.Select(s => s.Images)])); // (N, C, H, W)
        sets.ForEach(s => s.Dispose());
        return set;
    }

    private static void WriteSounds(LatentGenerator generator, string name, (int Count, long Seed, long[]? Seeds, double? Most) which,
        string? folder, string? grid, string? wav, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sets = Draws(which.Count, which.Seed, which.Seeds)
            .Select(w => GeneratorSounds.Draw(generator, name, w.Count, w.Seed, truncation: which.Most, cancellation: cancellation))
            .ToList();
        using var set = new SoundSet(name, cat([.. sets.Select(x => x.Sounds)]), sets[0].Rate); // (N, 1, T)
        sets.ForEach(x => x.Dispose());
        if (grid is not null)
        {
            SoundSheet.Of(set, Columns((int)set.Count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (wav is not null)
        {
            set.WriteWav(wav);
            Console.WriteLine($"{wav} written");
        }

        if (folder is not null)
        {
            set.Write(folder, cancellation);
            Console.WriteLine($"{set.Count} sounds written to {folder}");
        }
    }

    private static void WriteText(LatentGenerator generator, string name, (int Count, long Seed, long[]? Seeds, double? Most) which,
        string? file, CancellationToken cancellation)
    {
        var lines = Draws(which.Count, which.Seed, which.Seeds).SelectMany(w =>
            GeneratorText.Draw(generator, name, w.Count, w.Seed, truncation: which.Most, cancellation: cancellation)).ToList();
        if (file is null)
        {
            lines.ForEach(Console.WriteLine);
            return;
        }

        TextFile.Write(file, lines);
        Console.WriteLine($"{file} written");
    }

    private static IEnumerable<(int Count, long Seed)> Draws(int count, long seed, long[]? seeds) =>
        seeds?.Select(one => (1, one)) ?? [(count, seed)];

    private static void Write(ImageSet set, string? folder, string? grid, Tensor? pairs, CancellationToken cancellation)
    {
        var count = (int)set.Count;
        if (grid is not null)
        {
            ImageGrid.Of(pairs ?? set.Images, Columns(count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (folder is not null)
        {
            ImageFolderWriter.Write(set, folder, cancellation);
            Console.WriteLine($"{count} images written to {folder}");
        }
    }

    // Rows of samples in turn with rows of their neighbours; shape (2 N, C, H, W), filled up with white.
    private static Tensor WithNearest(ImageSet set, string name, DataOptions? reading, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var source = SampleSource.Open(name);
        using var sized = source.Images?.ResizeTo(set.Height);
        using var alike = sized?.ToChannels(set.Channels);
        IImageSource pool = source.Folder is null
            ? alike ?? throw new UsageException($"--nearest {name}: name images, a folder or a part of a set, as emoji-faces-32:train.")
            : new FolderSource(name, new ImageFolderOptions
            {
                Size = set.Height, Channels = set.Channels, Fit = reading?.Fit ?? ImageFit.Crop,
                Alpha = reading?.Alpha ?? AlphaHandling.OnWhite, Orientation = reading?.Orientation ?? ImageOrientation.Stored,
                OnBroken = e => Console.Error.WriteLine("left out: " + e.Message),
            });
        using var found = NearestImages.Of(set.Images, pool, cancellation);
        var differences = found.Differences;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nearest of {found.Compared:N0} images of {name}, root mean " +
            $"square difference of pixels from 0 to 255: median {differences.Median:0.0}, least {differences.Distances.Min():0.0} (0 is " +
            $"a copy)"));
        var (count, columns) = (set.Count, Columns((int)set.Count));
        var white = full([(columns - (count % columns)) % columns, .. set.Images.shape[1..]], 255, ScalarType.Byte); // (rest, C, H, W)
        var rows = cat([set.Images, white]).split(columns).Zip(cat([found.Images, white]).split(columns));
        return cat([.. rows.SelectMany(r => new[] { r.First, r.Second })]).MoveToOuterDisposeScope();
    }

    private static void Film(LatentGenerator generator, string name, int count, long seed, long? label, double? truncation, string file,
        CancellationToken cancellation)
    {
        if (count > MostTiles)
        {
            throw new UsageException($"A film takes at most {MostTiles} tiles, not {count}; name fewer with --count.");
        }

        var frames = GeneratorImages.Walk(generator, name, count, seed, label: label, truncation: truncation)
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
            throw new DataFileException(path, "this run learns points and not images, sounds or text, so there is nothing to draw; load " +
                "its generator.safetensors with GeneratorFile.Load in a notebook and plot the points.");
        }

        var loaded = RunGenerator.Load(run, Console.Error.WriteLine);
        if (!run.IsDone)
        {
            Console.Error.WriteLine($"{path}: not done; the samples are of step {loaded.Step} of {run.Options.Run.Steps}.");
        }

        return loaded;
    }
}
