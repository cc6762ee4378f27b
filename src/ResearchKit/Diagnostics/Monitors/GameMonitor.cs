using ResearchKit.Losses;
using ResearchKit.Registers;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Watches a training and says in words how it stands: <c>foreach (var step in trainer.Run(2000).Watch(monitor))</c>.</summary>
/// <remarks>The verdict is a function of the reports alone, in whatever pieces they come, so it can be had again from a run's log. What it
/// sees are the numbers of the game, which cannot tell a good generator from a collapsed one that D no longer minds: "no trouble" is no
/// praise. Measure samples for that. The rules are the kit's own; game.md beside this file says how well they judge.</remarks>
public sealed class GameMonitor : TrainingMonitor<GameVerdictKind, GameVerdict, GameVitals>
{
    private readonly List<StepReport> _block = [];
    private readonly GameRules _rules;
    private readonly Func<WeightNorms>? _meter;
    private WeightNorms? _weights;

    /// <summary>Makes a monitor that has seen nothing.</summary>
    /// <param name="logits">What D's numbers mean in the game: it says which troubles there can be.</param>
    /// <param name="thresholds">Where trouble begins; null for the defaults.</param>
    /// <param name="meter">Measures the networks' weights (<see cref="WeightNorms.Meter"/>), now and at the end of each block; null where
    /// they come with the reports, or not at all: then verdicts that need them are not found.</param>
    /// <param name="start">The weights before the first step, where they come with the reports.</param>
    /// <exception cref="ArgumentException">A threshold is out of its range.</exception>
    public GameMonitor(LogitKind logits = LogitKind.LogOdds, GameThresholds? thresholds = null, Func<WeightNorms>? meter = null,
        WeightNorms? start = null)
        : base(GameRules.TooFew(0, 0, thresholds ??= new GameThresholds()))
    {
        OptionRanges.Check(thresholds);
        (Thresholds, _meter) = (thresholds, meter);
        StartWeights = start ?? meter?.Invoke();
        _rules = new GameRules(logits, Thresholds, StartWeights);
    }

    /// <summary>Where trouble begins.</summary>
    public GameThresholds Thresholds { get; }

    /// <summary>The weights before the first step; null where they are not known.</summary>
    public WeightNorms? StartWeights { get; }

    /// <summary>A monitor for a trainer, before its first step: it knows the game and measures the weights.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="thresholds">Where trouble begins; null for the defaults.</param>
    public static GameMonitor For(GanTrainer trainer, GameThresholds? thresholds = null) =>
        new(trainer.Logits, thresholds, WeightNorms.Meter(trainer.Generator, trainer.Discriminator));

    /// <inheritdoc/>
    public override void Observe(StepReport step) => Observe(step, null);

    /// <summary>Takes a step's report with the weights. Not every step need come.</summary>
    /// <param name="step">The report; its step is above that of the one before.</param>
    /// <param name="weights">The weights after it, where they were measured.</param>
    /// <exception cref="ArgumentException">The step is not later than the one before.</exception>
    public void Observe(StepReport step, WeightNorms? weights)
    {
        var before = Next(step);
        if (_block.Count > 0 && BlockOf(before) != BlockOf(step.Step))
        {
            Close();
        }

        _block.Add(step);
        _weights = weights ?? _weights;
        if (step.Step % Thresholds.BlockSteps == 0)
        {
            _weights = _meter?.Invoke() ?? _weights;
            Close();
        }
    }

    /// <inheritdoc/>
    public override void Observe(TrainingDivergedException diverged) => Tell(GameRules.Broken(diverged));

    private long BlockOf(long step) => (step - 1) / Thresholds.BlockSteps;

    private void Close()
    {
        var vitals = GameVitals.Of(_block, _weights);
        _block.Clear();
        _weights = null;
        if (!double.IsNaN(vitals.DiscriminatorLoss)) // else G was trained alone in it, by likelihood: there was no game
        {
            Tell(vitals, _rules.See(vitals));
        }
    }
}
