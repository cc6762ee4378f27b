using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;
using ResearchKit.Models.Translation;
using ResearchKit.Training;

namespace ResearchKit.Cli;

internal static class TrainCommand
{
    // What may change when a run is resumed: no result is known by it.
    private static readonly string[] Changeable = ["device", "memory", "checkpointEvery"];

    public static Command Create()
    {
        var what = Given<string?>("what", "A preset, a .json file of your own, or networks by name (`architectures`); without one the " +
            "presets are listed.", optional: true);
        var data = Value<string?>("--data", "What is learned: a folder of images or of WAV files, a text file (.txt, one sample a line), " +
            "a part of a set as SET:PART, points, notes or words by name.");
        var dataB = Value<string?>("--data-b", "The images of the other domain, for cyclegan and pix2pix: what should come out.");
        var size = Value<int?>("--size", "Side in pixels that images are brought to, the samples of a sound, or the characters of a line.")
            .AtLeast(1, 65_536);
        var folder = Value<string?>("--out", "The run's folder: options, log, checkpoints, grids of samples, generator.");
        var steps = Value<int?>("--steps", "Steps of G in the whole run; with --resume more steps than it has make it longer.").AtLeast(1);
        var seed = Value<long?>("--seed", "Chooses initial weights, noise and the order of the data.").Whole();
        var hours = Value<double?>("--hours", "For the presets stylegan2 and r3gan with a folder of images (--data): about how long the " +
            "run may take, 1 when left out. Width, steps, batch, R1, averages and augmentation are chosen by it, unless said.");
        var set = Repeated("--set", "Changes an option, as name=value; may come several times. --options lists them.");
        var from = Value<string?>("--from", "Starts from trained networks: a run's folder, or a generator's file.");
        var resume = Flag("--resume", "Goes on from the folder's last checkpoint; begins where there is none. What was trained may be " +
            "left away then.");
        var plan = Flag("--dry-run", "Reads the data, says what would be done and how long it would take, and stops.");
        var list = Flag("--options", "Lists every option for --set, with range, default and paper, and the parts that they name.");
        var command = new Command("train", "Trains networks into a folder. Ctrl-C writes a checkpoint and ends; --resume goes on, on a " +
            "CPU to the same bytes.")
            { what, data, dataB, size, folder, steps, seed, hours, set, from, resume, plan, list, EndOfInput.Option };
        command.SetWork((parsed, cancellation) =>
        {
            var assignments = parsed.GetValue(set)!;
            if (parsed.GetValue(list))
            {
                Console.Write(OptionTable.Text());
                return 0;
            }

            string[] said = [.. assignments, .. Shortcut("data", parsed.GetValue(data)), .. Shortcut("dataB", parsed.GetValue(dataB)),
                .. Shortcut("imageSize", parsed.GetValue(size)),
                .. Shortcut("steps", parsed.GetValue(steps)), .. Shortcut("seed", parsed.GetValue(seed))];
            if (parsed.GetValue(what) is null && !parsed.GetValue(resume))
            {
                return said.Length == 0 && !parsed.GetValue(plan) && (parsed.GetValue(folder) ?? parsed.GetValue(from)) is null ? List()
                    : throw new UsageException("Say what to train: a preset (`train` alone lists them) or " +
                    "networks (`architectures` lists them), for example `train dcgan --data FOLDER --out DIR`.");
            }

            using var stop = EndOfInput.Or(parsed, cancellation);
            return Together.Run(group => First(parsed, group, said, stop.Token), stop.Token);
        });
        return command;

        int First(ParseResult parsed, MpiGroup? group, string[] said, CancellationToken cancellation)
        {
            var (name, resumes) = (parsed.GetValue(what), parsed.GetValue(resume));
            var (path, source, dry) = (parsed.GetValue(folder), parsed.GetValue(from), parsed.GetValue(plan));
            if (dry && group is not null)
            {
                throw new UsageException("--dry-run looks at one process: leave mpirun or srun out.");
            }

            if (resumes && (dry || source is not null))
            {
                throw new UsageException($"{(dry ? "--dry-run" : "--from")} is for a run that begins, and --resume goes on with one: " +
                    "leave out one of the two.");
            }

            path ??= dry ? "" : throw new UsageException("--out is missing: name a folder for the run.");
            NativeRuntime.EnsureLoaded();
            var there = resumes && (name is null || RunFolder.Exists(path)) ? RunFolder.Open(path) : null;
            var options = name is null ? there!.Options : Typed(() => Named(name));
            options = Typed(() => options.With(said));
            _ = Typed(() => ComputeDevice.Parse(options.Run.Device)); // before there is a folder
            if (parsed.GetValue(hours) is not null && (there is not null || source is not null))
            {
                throw new UsageException("--hours is for a run that begins with new networks: leave it out, and say --steps for another " +
                    "length.");
            }

            options = source is null && (parsed.GetValue(data) ?? (object?)parsed.GetValue(hours)) is not null
                ? Fitted(options, there, name, said, parsed.GetValue(hours), cancellation)
                : options;
            using var start = source is null ? null
                : RunGenerator.NetworksOf(PretrainedGenerators.Resolve(source), Console.Error.WriteLine);
            if (dry)
            {
                Console.WriteLine(Typed(() => ExperimentRun.Plan(options, TerminalProgress.Of("images"), cancellation)));
                return 0;
            }

            var run = there ?? Typed(() => RunFolder.Create(path, options, start, mayExist: resumes));
            run = resumes ? Typed(() => Resumed(run, options, [.. said.Select(a => a.Split('=')[0].Trim())])) : run;
            return Run(run, withPlan: !parsed.GetValue(EndOfInput.Option), group, cancellation); // a sweep has many
        }
    }

    // One's own images in place of a preset's: what depends on them is chosen, and a run that was begun so goes on with its choices.
    private static ExperimentOptions Fitted(ExperimentOptions options, RunFolder? there, string? name, string[] said, double? hours,
        CancellationToken cancellation)
    {
        if (name is not ("stylegan2" or "r3gan") || !AutomaticOptions.Has(options))
        {
            return hours is null ? options : throw new UsageException("--hours is for the presets stylegan2 and r3gan with a folder of " +
                "images (--data), as `train stylegan2 --data FOLDER --size 64 --hours 2 --out DIR`.");
        }

        if (hours <= 0 || hours is double.NaN or double.PositiveInfinity)
        {
            throw new UsageException($"--hours must be a number above 0, not {hours}.");
        }

        if (there is not null)
        {
            return there.Options.Networks.Architecture.Split('-')[0] == name ? Typed(() => there.Options.With(said)) : options;
        }

        Console.Error.WriteLine("choosing width and steps by some steps on this machine");
        var (fitted, chosen) = Typed(() => AutomaticOptions.Choose(options, [.. said.Select(a => a.Split('=')[0].Trim())], hours,
            cancellation));
        Console.Error.WriteLine($"chosen for {options.Data.Data}; --set changes each:\n  {string.Join("\n  ", chosen)}");
        return fitted;
    }

    // A preset goes first; networks are trained by the default options.
    private static ExperimentOptions Named(string name) =>
        (Architectures.All.Has(name) || TranslationArchitectures.All.Has(name)) && PresetCatalog.All().All(p => p.Name != name)
            ? new ExperimentOptions().With($"architecture={name}")
            : Preset(name).Options;

    private static Preset Preset(string name)
    {
        try
        {
            return PresetCatalog.Find(name);
        }
        catch (ArgumentException e)
        {
            var networks = Architectures.All.Names.Concat(TranslationArchitectures.All.Names);
            throw new ArgumentException($"{e.Message} Networks by name are {string.Join(", ", networks)}.", e);
        }
    }

    private static string[] Shortcut(string name, object? value) =>
        value is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"{name}={value}")];

    private static int List()
    {
        var presets = PresetCatalog.All();
        var width = presets.Max(p => p.Name.Length);
        foreach (var preset in presets)
        {
            Console.WriteLine($"{preset.Name.PadRight(width)}  {preset.Title}");
        }

        return 0;
    }

    // What decides results must be the same; of the rest the folder's holds, unless something was said: then it counts where it can.
    private static RunFolder Resumed(RunFolder run, ExperimentOptions asked, string[] said)
    {
        if (asked.Run.Steps != run.Options.Run.Steps && said.Contains("steps"))
        {
            var before = run.Options.Run.Steps;
            Differ(run, asked with { Run = asked.Run with { Steps = before } }, said); // before anything is changed
            run = run.WithSteps(asked.Run.Steps);
            Console.Error.WriteLine($"{run.Path}: the run has {run.Options.Run.Steps} steps from here on; it had {before}.");
        }

        var differences = Differ(run, asked, said);
        if (differences.Count == 0 || run.IsDone)
        {
            return run;
        }

        differences.ForEach(d => Console.Error.WriteLine($"{run.Path}: {d.Name} is {d.Second} from here on; it was {d.First}."));
        return run.With(said.Contains("device") ? asked.Run.Device : run.Options.Run.Device,
            said.Contains("checkpointEvery") ? asked.Run.CheckpointEvery : run.Options.Run.CheckpointEvery,
            said.Contains("memory") ? asked.Data.Memory : null);
    }

    private static List<(string Name, string First, string Second, bool Counts)> Differ(RunFolder run, ExperimentOptions asked,
        string[] said)
    {
        var differences = ExperimentJson.Differences(run.Options, asked).Where(d => d.Counts || said.Contains(d.Name)).ToList();
        if (differences.Where(d => !Changeable.Contains(d.Name)).ToList() is { Count: > 0 } others)
        {
            throw new DataFileException(run.Path, $"the run in this folder has other options " +
                $"({string.Join("; ", others.Select(d => $"{d.Name} is {d.First}, asked is {d.Second}"))}); " +
                $"`train --out {run.Path} --resume` continues with the folder's, or name another folder.");
        }

        return differences;
    }

    private static int Run(RunFolder run, bool withPlan, MpiGroup? group, CancellationToken cancellation)
    {
        var step = 0L;
        try
        {
            foreach (var report in ExperimentRun.Train(run, Console.Error.WriteLine, TerminalProgress.Of("images"), withPlan, group,
                cancellation).WithProgress(run.Options.Run.Steps, Console.Error, whole: true))
            {
                step = report.Step;
            }
        }
        catch (ArgumentException e) when (step == 0)
        {
            run.SetFailed(Sentence(e));
            throw new UsageException(Sentence(e)); // options that do not fit the data, or each other
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"interrupted{(step > 0 ? $" after step {step}: a checkpoint is written" : " before a step")}, and " +
                $"`train --out {run.Path} --resume` goes on.");
            if (step == 0)
            {
                group?.Abort(ExitCode.Interrupted); // the others may wait for this one
            }

            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is not (RunHeldException or TrainingDivergedException))
        {
            run.SetFailed(Sentence(e));
            throw;
        }

        foreach (var file in run.ShownAt(run.Options.Run.Steps).Append(run.GeneratorFile).Where(File.Exists))
        {
            Console.WriteLine($"{file} written");
        }

        return 0;
    }
}
