using System.Diagnostics;
using System.Text;
using ResearchKit.Data;
using ResearchKit.Experiments.Building;
using ResearchKit.State;

namespace ResearchKit.Experiments.Runs;

/// <summary>What a run is about to do, told before its first step: data, networks, memory, time.</summary>
public sealed class RunPlan
{
    private const int MostShown = 3;
    private const int MostClasses = 12;
    private const int TrialSteps = 20;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    private readonly TrainableExperiment _experiment;

    private RunPlan(TrainableExperiment experiment, TimeSpan step) => (_experiment, TimePerStep) = (experiment, step);

    /// <summary>Measured over some steps, which are then undone; zero where they break off.</summary>
    public TimeSpan TimePerStep { get; }

    /// <summary>The most memory that the process has taken so far, the trial steps' included, in bytes; a GPU's is not in it.</summary>
    public long PeakMemory { get; } = Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>Tries an experiment for a few steps and puts everything back: the training afterwards is, on a CPU, the same to the bit.
    /// </summary>
    /// <param name="experiment">The experiment, between two steps.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public static RunPlan Try(TrainableExperiment experiment, CancellationToken cancellation = default)
    {
        using var before = new StateStore();
        experiment.Training.Save(before);
        var (times, watch) = (new List<TimeSpan>(), Stopwatch.StartNew());
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation); // processes that share a run end it together
        try
        {
            foreach (var _ in experiment.Training.Run(TrialSteps, enough.Token))
            {
                times.Add(watch.Elapsed);
                watch.Restart();
                if (times.Count > 1 && times.Sum(t => t.TotalSeconds) > LongEnough.TotalSeconds)
                {
                    enough.Cancel();
                }
            }
        }
        catch (TrainingDivergedException)
        {
            times.Clear(); // the training itself comes to it, and keeps what it says
        }

        // the first half prepares much that the other finds ready
        var time = times.Count > 1 ? TimeSpan.FromSeconds(times.Skip(times.Count / 2).Average(t => t.TotalSeconds)) : TimeSpan.Zero;
        if (experiment.Training.Group is { } group && group.Any(cancellation.IsCancellationRequested))
        {
            throw new OperationCanceledException(cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        experiment.Training.Load(before);
        return new RunPlan(experiment, time);
    }

    /// <summary>The plan in lines, for people.</summary>
    public override string ToString()
    {
        var (options, text) = (_experiment.Options, new StringBuilder());
        Add("data", options.Data.Data + (_experiment.Summary is { } data ? Images(data) : ""));
        if (_experiment.Summary is { } read)
        {
            foreach (var left in read.LeftOut.Take(MostShown))
            {
                Add("left out", left);
            }

            if (read.LeftOut.Count > MostShown)
            {
                Add("left out", $"and {read.LeftOut.Count - MostShown} more");
            }

            foreach (var note in read.Notes)
            {
                Add("note", note);
            }

            Add("size", Size(read.Shape) + (read.SizeRule is { } rule ? $": {rule}" : ""));
            Add("classes", read.Shape.Classes is { } classes ? Classes(classes, options.Networks.Conditional) : "none");
        }

        if (_experiment.OtherSummary is { } other)
        {
            Add("data b", options.Data.DataB + Images(other));
        }

        Add("networks", $"{_experiment.NetworksName}: G has {ModelSummary.Count(_experiment.Makers):N0} parameters, D " +
            $"{ModelSummary.Count(_experiment.Judges):N0}");
        Add("memory", $"{PeakMemory / 1e9:0.0} GB so far");
        return $"{text}{Time}";

        void Add(string name, string what) => text.Append(Line(name, what)).Append('\n');
    }

    /// <summary>The time left, in a line.</summary>
    public string Time
    {
        get
        {
            var (run, done) = (_experiment.Options.Run, _experiment.Training.StepsDone);
            var left = TimePerStep * (run.Steps - done);
            return TimePerStep == TimeSpan.Zero
                ? Line("time", "not known: the training breaks off in its first steps")
                : Line("time", string.Create(CultureInfo.InvariantCulture,
                $"{TimePerStep.TotalSeconds:0.000} s a step on {run.Device}; {run.Steps - done:N0} steps: " +
                $"{Math.Floor(left.TotalHours)}:{left:mm\\:ss}, and scores"));
        }
    }

    private static string Line(string name, string what) => $"{name,-9} {what}";

    private static string Images(DataSummary data) => string.Create(CultureInfo.InvariantCulture,
        $": {data.Images:N0} {data.Shape.Kind.ToWord()} to train on{(data.HeldOut > 0 ? $", {data.HeldOut:N0} held out" : "")}" +
        $"{(data.Unused > 0 ? $", {data.Unused:N0} not used (samples={data.Images})" : "")}" +
        $"{(data.IsDecodedAhead ? "; too many to be kept in memory, they are decoded as they are needed" : "")}");

    private static string Size(SampleShape shape) => shape.Kind switch
    {
        SampleKind.Sounds => $"{shape.Size} samples at {shape.Rate} Hz",
        SampleKind.Lines => $"{shape.Size} characters",
        SampleKind.Clips => $"{shape.Frames} frames of {shape.Size} x {shape.Size} pixels, {(shape.Channels == 1 ? "grey" : "colour")}",
        _ => $"{shape.Size} x {shape.Size} pixels, {(shape.Channels == 1 ? "grey" : "colour")}",
    };

    private static string Classes(SampleClasses classes, bool areTold) =>
        string.Join(", ", classes.Names.Zip(classes.Counts, (name, count) => $"{name} ({count:N0})").Take(MostClasses)) +
        (classes.Count > MostClasses ? $" and {classes.Count - MostClasses} more" : "") +
        (areTold ? "; the networks are told them" : "; the networks are not told them (conditional=false)");
}
