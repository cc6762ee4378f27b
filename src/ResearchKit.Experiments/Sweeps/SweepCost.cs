using System.Diagnostics;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>What a setting of a sweep costs on this machine: some of its steps, timed.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Steps">Steps of a run.</param>
/// <param name="StepsPerSecond">As timed, on the run's own device and threads, with nothing written or scored.</param>
/// <param name="Runs">Runs of the setting that are left to do.</param>
/// <param name="StepsLeft">Their steps together, less those that begun runs have behind them.</param>
public sealed record SweepCost(SweepSetting Setting, int Steps, double StepsPerSecond, int Runs, long StepsLeft)
{
    /// <summary>Seconds of this machine's processors for a step, without waiting for other work; a GPU's are not in it.</summary>
    public double ProcessorSeconds { get; init; }

    private const int WarmUp = 3;

    /// <summary>A run's time.</summary>
    public TimeSpan Run => TimeSpan.FromSeconds(Steps / StepsPerSecond);

    /// <summary>The time of all that is left, one run after the other.</summary>
    public TimeSpan Total => TimeSpan.FromSeconds(StepsLeft / StepsPerSecond);

    /// <summary>Times a setting.</summary>
    /// <param name="left">The setting's runs that are left, at least one.</param>
    /// <param name="folder">The sweep's folder, in which some may have begun; null where there is none.</param>
    /// <param name="time">How long to look, beyond the first steps, which warm up; at least one step is timed.</param>
    /// <param name="cancellation">Ends the timing.</param>
    /// <exception cref="ArgumentException">The options do not go together.</exception>
    /// <exception cref="Files.DataFileException">The data are missing or damaged, or a run's folder is another's.</exception>
    public static SweepCost Measure(IReadOnlyList<SweepCell> left, string? folder, TimeSpan time, CancellationToken cancellation = default)
    {
        var cell = left[0];
        var behind = folder is null ? 0 : left.Sum(c => c.Find(folder)?.Log.LastStep ?? 0);
        using var experiment = ExperimentKinds.Build(cell.Options);
        foreach (var step in experiment.Training.Run(WarmUp, cancellation))
        {
            _ = step.GeneratorLoss; // on a GPU this waits for the step
        }

        cancellation.ThrowIfCancellationRequested();
        var (steps, watch, before) = (0, Stopwatch.StartNew(), Processor());
        foreach (var step in experiment.Training.Run(cell.Options.Run.Steps, cancellation))
        {
            _ = step.GeneratorLoss;
            steps++;
            if (watch.Elapsed >= time)
            {
                break;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return new SweepCost(cell.Setting, cell.Options.Run.Steps, steps / watch.Elapsed.TotalSeconds, left.Count,
            ((long)cell.Options.Run.Steps * left.Count) - behind) { ProcessorSeconds = (Processor() - before).TotalSeconds / steps };

        static TimeSpan Processor() => Process.GetCurrentProcess().TotalProcessorTime;
    }

    /// <summary>One line.</summary>
    public override string ToString() =>
        Invariant($"{Setting.Name}: {Steps:N0} steps at {StepsPerSecond:G3} a second, {Words(Run)} a run, {Runs} runs {Words(Total)}");

    /// <summary>A time as it is told: <c>45 s</c>, <c>12 min</c>, <c>3.4 h</c>, <c>5 days</c>.</summary>
    public static string Words(TimeSpan time) =>
        time.TotalSeconds < 90 ? Invariant($"{time.TotalSeconds:0} s")
        : time.TotalMinutes < 90 ? Invariant($"{time.TotalMinutes:0} min")
        : time.TotalHours < 72 ? Invariant($"{time.TotalHours:0.0} h")
        : Invariant($"{time.TotalDays:0} days");
}
