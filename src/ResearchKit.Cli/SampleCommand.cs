using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;

namespace ResearchKit.Cli;

internal static class SampleCommand
{
    public static Command Create()
    {
        var run = Given<string>("run", "A run's folder, a generator's file, or one that ships with the kit (pretrained:NAME). Of a run " +
            "that is not done its last checkpoint is taken.");
        var count = Value<int?>("--count", "How many samples; 64, or 16 for a film alone and for clips.").AtLeast(1);
        var seed = Value<long>("--seed", "Chooses z.").Whole();
        var list = Value<string?>("--seeds", "One sample of each of these seeds, as 3,7,10..20, in place of --count and --seed.");
        var truncation = Value<double?>("--truncation", "Above 0: the smaller, the more typical and the less varied; 0.7 is usual. For " +
            "StyleGAN2 psi, for others the bound of z's numbers.");
        var only = Value<string?>("--class", "Draws this class alone, by its name or number; else classes come as often as in the data.");
        var folder = Value<string?>("--folder", "A folder for one file a sample: PNG, or WAV for sounds; of clips a folder of frames " +
            "each.");
        var grid = Value<string?>("--grid", "A PNG with all of them side by side; of sounds their spectrograms and waves, of clips " +
            "their frames, a row each.");
        var nearest = Value<string?>("--nearest", "Shows under each row of --grid the most similar training image of each sample, by its " +
            "pixels, and says how near they are: a folder, or SET:PART.");
        var filmFile = Value<string?>("--film", "An animated PNG that repeats: each of its tiles walks through latent space, past six z " +
            "and back; of clips each tile plays one.");
        var wav = Value<string?>("--wav", "Of a generator of sounds: a WAV file with all of them, one after the other.");
        var textFile = Value<string?>("--text", "Of a generator of text: a text file with a line a sample; left out, they are printed.");
        var command = new Command("sample", "Draws samples from a trained generator of images, sounds, text or clips.") { run, count, seed,
            list, only, truncation, folder, grid, nearest, filmFile, wav, textFile };
        command.SetWork((parsed, cancellation) =>
        {
            var (path, film, s) = (parsed.GetValue(run)!, parsed.GetValue(filmFile), parsed.GetValue(seed));
            var (many, one, heard, lines) = (parsed.GetValue(folder), parsed.GetValue(grid), parsed.GetValue(wav),
                parsed.GetValue(textFile));
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
            var few = source.Generator is IClipGenerator || (film is not null && (many ?? one) is null);
            var number = parsed.GetValue(count) ?? (few ? 16 : 64);
            var draw = new SampleDraw(source.Generator, path, number, s, seeds, label, most);
            if (source.Generator is ITextGenerator)
            {
                if ((film ?? many ?? one ?? heard ?? parsed.GetValue(nearest)) is not null)
                {
                    throw new UsageException("--folder, --grid, --film, --wav and --nearest are for images or sounds, and this generator " +
                        "makes text: leave them out, and name a file with --text FILE.txt, or none.");
                }

                draw.WriteText(lines, cancellation);
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

                draw.WriteSounds(many, one, heard, cancellation);
                return 0;
            }

            if (heard is not null)
            {
                throw new UsageException("--wav is for generators of sounds, and this one makes others: leave it out.");
            }

            if (source.Generator is IClipGenerator)
            {
                if (parsed.GetValue(nearest) is not null)
                {
                    throw new UsageException("--nearest is for images, and this generator makes clips: leave it out.");
                }

                draw.WriteClips(many, one, film, cancellation);
                return 0;
            }

            if ((many ?? one) is not null)
            {
                var data = RunFolder.Exists(path) ? RunFolder.Open(path).Options.Data : null;
                draw.WriteImages(many, one, parsed.GetValue(nearest), data, cancellation);
            }

            if (film is not null)
            {
                draw.WriteFilm(film, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static long Label(LatentGenerator generator, string path, string wanted) => generator.Labels is { } classes
        ? Typed(() => classes.Find(wanted))
        : throw new UsageException($"{path}: the generator was trained without classes, so it cannot draw '{wanted}' alone; train one " +
            "with --set conditional=true.");

    private static RunGenerator Open(string path)
    {
        if (!Directory.Exists(path))
        {
            return RunGenerator.FromFile(path);
        }

        var run = RunFolder.Open(path);
        if (DataKinds.KindOf(run.Options.Data) == SampleKind.Points)
        {
            throw new DataFileException(path, "this run learns points and not images, sounds, text or clips, so there is nothing to " +
                "draw; load its generator.safetensors with GeneratorFile.Load in a notebook and plot the points.");
        }

        var loaded = RunGenerator.Load(run, Console.Error.WriteLine);
        if (!run.IsDone)
        {
            Console.Error.WriteLine($"{path}: not done; the samples are of step {loaded.Step} of {run.Options.Run.Steps}.");
        }

        return loaded;
    }
}
