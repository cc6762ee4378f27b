using System.Diagnostics;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Support;

/// <summary>A small training with everything on that has a state, run through the command line. The benchmarks link this file.</summary>
internal sealed class EverythingRun : IDisposable
{
    private const string Preset = "mine.json";

    private static readonly Dictionary<string, SortedDictionary<string, string>> s_undisturbed = [];

    private readonly TemporaryFolder _folder = new();

    public EverythingRun(int steps = 60)
    {
        // Classes, spectral norm, minibatch deviation, lazy R1 on a schedule, LeCam, smoothing, ADA, noise, an average by half-life,
        // schedules.
        var options = new ExperimentOptions().With("data=fashion-mnist-small:train", "samples=64", "features=4", "latent=8", "batch=8",
            "conditional=true", $"steps={steps}", "logEvery=1", "checkpointEvery=1", "gridEvery=20", "scoreEvery=20", "scoreSamples=20",
            "scores=overfitting, losses", "minibatchDeviation=2", "normalization=Spectral", "r1=exponential(0.5, 0.05, 50)",
            "penaltyEvery=3", "leCam=0.1", "labelSmoothing=0.1", "augment=ada", "adaSpeed=200", "noise=linear(0.2, 0, 60)",
            "averageHalfLife=100", "generatorLearningRate=cosine(1e-3, 1e-4, 60)", "discriminatorSteps=2", "gradientClip=5");
        File.WriteAllText(_folder[Preset], $$"""{"title": "everything at once", "options": {{ExperimentJson.Write(options)}}}""");
    }

    /// <summary>The folder that runs are made in.</summary>
    public string Path => _folder.Path;

    /// <summary>A file or folder below it.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Runs <c>train</c> to its end.</summary>
    public ProgramRun Train(params string[] arguments) => Train(_ => { }, arguments);

    /// <summary>Runs <c>train</c> and does something to it meanwhile.</summary>
    public ProgramRun Train(Action<Process> meanwhile, params string[] arguments) => Train([], meanwhile, arguments);

    /// <summary>Runs <c>train</c> through another program, which must become it.</summary>
    public ProgramRun Train(string[] through, Action<Process> meanwhile, params string[] arguments) =>
        ProgramRun.Through(through, Path, meanwhile, ["train", Preset, .. arguments]);

    /// <summary>The newest checkpoint's manifest; null where there is none.</summary>
    public string? Newest(string run) =>
        Directory.Exists(this[$"{run}/checkpoints"])
            ? Directory.GetFiles(this[$"{run}/checkpoints"], "*.json").Max(StringComparer.Ordinal)
            : null;

    /// <summary>Waits until a run has a newer checkpoint than one, or has ended.</summary>
    public void WaitForCheckpoint(Process process, string run, string? after = null) =>
        Wait(process, () => string.CompareOrdinal(Newest(run), after) > 0);

    /// <summary>Looks again and again, since what is waited for is a moment in the life of another process.</summary>
    public static void Wait(Process process, Func<bool> reached)
    {
        var watch = Stopwatch.StartNew();
        while (!process.HasExited && !reached())
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(10))
            {
                process.Kill();
                throw new TimeoutException("The training makes no progress.");
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Resumes a run and kills it soon after a new checkpoint, again and again; every other time when it is seen to write the next
    /// one.</summary>
    /// <param name="run">The run's folder; it may be new.</param>
    /// <param name="times">How often.</param>
    /// <param name="seed">Chooses the moments.</param>
    /// <param name="torn">How many kills left a checkpoint half written.</param>
    /// <returns>How many kills there were; fewer than asked for where the run was done before.</returns>
    public int Kill(string run, int times, int seed, out int torn)
    {
        var random = new Random(seed);
        (var kills, torn) = (0, 0);
        while (kills < times && !File.Exists(this[$"{run}/generator.safetensors"]))
        {
            var before = Newest(run);
            var aimed = kills % 2 == 1;
            var ended = Train(
                process =>
                {
                    WaitForCheckpoint(process, run, before);
                    Thread.Sleep(random.Next(40));
                    if (aimed)
                    {
                        SpinWait.SpinUntil(() => process.HasExited || HalfWritten(run)); // so short that a random moment seldom meets it
                    }

                    process.Kill();
                },
                "--out", run, "--resume");
            kills += ended.ExitCode == 0 ? 0 : 1;
            torn += HalfWritten(run) ? 1 : 0;
        }

        return kills;
    }

    /// <summary>SHA-256 of every file of a run but <c>run.json</c>, which names the environment, and the events, which hold
    /// times.</summary>
    public SortedDictionary<string, string> Hashes(string run) => new(
        Directory.GetFiles(this[run], "*", SearchOption.AllDirectories)
            .Select(f => (File: f, Name: System.IO.Path.GetRelativePath(this[run], f)))
            .Where(f => f.Name != "run.json" && !f.Name.StartsWith("events", StringComparison.Ordinal))
            .ToDictionary(f => f.Name, f => DataCatalog.Sha256Of(f.File)),
        StringComparer.Ordinal);

    /// <summary>The <see cref="Hashes"/> of a run that nothing disturbs. It is trained once for all that compare with it.</summary>
    /// <param name="steps">How long it is.</param>
    public static SortedDictionary<string, string> Undisturbed(string steps)
    {
        lock (s_undisturbed)
        {
            if (!s_undisturbed.TryGetValue(steps, out var hashes))
            {
                using var runs = new EverythingRun();
                var run = runs.Train("--out", "whole", "--steps", steps);
                hashes = run.ExitCode == 0 ? runs.Hashes("whole") : throw new InvalidOperationException(run.Error);
                s_undisturbed[steps] = hashes;
            }

            return hashes;
        }
    }

    public void Dispose() => _folder.Dispose();

    private bool HalfWritten(string run) => Directory.EnumerateFiles(this[$"{run}/checkpoints"], "*.part").Any();
}
