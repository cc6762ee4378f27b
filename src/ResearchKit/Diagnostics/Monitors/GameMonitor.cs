using System.Globalization;
using ResearchKit.Losses;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Watches a training and says in words how it stands: <c>foreach (var step in trainer.Run(2000).Watch(monitor))</c>.</summary>
/// <remarks>
/// The verdict is a function of the reports alone, in whatever pieces they come, so it can be had again from a run's log. Memory is
/// bounded: some blocks at full resolution, and a history that is thinned.
/// What it sees are the numbers of the game, which cannot tell a good generator from a collapsed one that D no longer minds: "no trouble"
/// is no praise. Measure samples for that.
/// The rules are the kit's own; README.md beside this file says how well they judge.
/// </remarks>
public sealed class GameMonitor
{
    private const int MostHistory = 512;
    private const int MostChanges = 100;

    private readonly GameVitalsBlock _block = new();
    private readonly GameRules _rules;
    private readonly Func<WeightNorms>? _meter;
    private readonly ThinnedHistory<GameVitals> _history = new(MostHistory);
    private readonly RecentList<GameVerdict> _changes = new(MostChanges);
    private long _lastStep;

    /// <summary>Makes a monitor that has seen nothing.</summary>
    /// <param name="logits">What D's numbers mean in the game: it says which troubles there can be.</param>
    /// <param name="thresholds">Where trouble begins; null for the defaults.</param>
    /// <param name="meter">Measures the networks' weights (<see cref="WeightNorms.Meter"/>), now and at the end of each block; null where
    /// they come with the reports, or not at all: then verdicts that need them are not found.</param>
    /// <param name="start">The weights before the first step, where they come with the reports.</param>
    /// <exception cref="ArgumentException">A threshold is out of its range.</exception>
    public GameMonitor(LogitKind logits = LogitKind.LogOdds, GameThresholds? thresholds = null, Func<WeightNorms>? meter = null,
        WeightNorms? start = null)
    {
        Thresholds = thresholds ?? new GameThresholds();
        Thresholds.Validate();
        _meter = meter;
        StartWeights = start ?? meter?.Invoke();
        _rules = new GameRules(logits, Thresholds, StartWeights);
        Verdict = _rules.Judge();
    }

    /// <summary>Where trouble begins.</summary>
    public GameThresholds Thresholds { get; }

    /// <summary>The weights before the first step; null where they are not known.</summary>
    public WeightNorms? StartWeights { get; }

    /// <summary>How the training stands after the last whole block.</summary>
    public GameVerdict Verdict { get; private set; }

    /// <summary>The verdicts where they changed, in order; the last hundred at most.</summary>
    public IReadOnlyList<GameVerdict> Changes => _changes.Items;

    /// <summary>The numbers along the training, at most 512 rows: in a long one each stands for several blocks.</summary>
    public IReadOnlyList<GameVitals> History => _history.Items;

    /// <summary>A monitor for a trainer, before its first step: it knows the game and measures the weights.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="thresholds">Where trouble begins; null for the defaults.</param>
    public static GameMonitor For(GanTrainer trainer, GameThresholds? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return new GameMonitor(trainer.Logits, thresholds, WeightNorms.Meter(trainer.Generator, trainer.Discriminator));
    }

    /// <summary>Takes a step's numbers. Not every step need come.</summary>
    /// <param name="step">The report; its step is above that of the one before.</param>
    /// <param name="weights">The weights after it, where they were measured.</param>
    /// <exception cref="ArgumentException">The step is not later than the one before.</exception>
    public void Observe(StepReport step, WeightNorms? weights = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Step <= _lastStep)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Step {step.Step} came after step {_lastStep}: a monitor watches " +
                $"one training in its order; make another for another."), nameof(step));
        }

        _lastStep = step.Step;
        if (!_block.IsEmpty && BlockOf(_block.LastStep) != BlockOf(step.Step))
        {
            Close(null);
        }

        _block.Add(step, weights);
        if (step.Step % Thresholds.BlockSteps == 0)
        {
            Close(_meter?.Invoke());
        }
    }

    /// <summary>Takes the end of a training whose numbers were no longer finite.</summary>
    /// <param name="diverged">What was thrown.</param>
    public void Observe(TrainingDivergedException diverged)
    {
        ArgumentNullException.ThrowIfNull(diverged);
        Say(GameRules.Broken(diverged));
    }

    private long BlockOf(long step) => (step - 1) / Thresholds.BlockSteps;

    private void Close(WeightNorms? weights)
    {
        var vitals = _block.Close();
        vitals = weights is null ? vitals : vitals with { Weights = weights };
        _history.Add(vitals);
        _rules.See(vitals);
        Say(_rules.Judge());
    }

    private void Say(GameVerdict verdict)
    {
        if (verdict.Kind != Verdict.Kind)
        {
            _changes.Add(verdict);
        }

        Verdict = verdict;
    }
}
