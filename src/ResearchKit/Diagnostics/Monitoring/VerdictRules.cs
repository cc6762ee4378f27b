using ResearchKit.Losses;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitoring;

/// <summary>What the vitals of a training say. A trouble is told when a number of blocks in a row show it; of several the gravest.</summary>
internal sealed class VerdictRules(LogitKind logits, MonitorThresholds thresholds, WeightNorms? start)
{
    private const int StartBlocks = 3;

    private readonly Dictionary<VerdictKind, (long Since, int Blocks, string Evidence)> _streaks = [];
    private readonly Queue<TrainingVitals> _recent = [];
    private WeightNorms? _startWeights = start;
    private WeightNorms? _weights = start;
    private long _calmSince;
    private long _weighed;
    private (long Since, double Level, bool OfGenerator, string Evidence)? _jump;
    private TrainingVitals? _first;
    private TrainingVitals? _last;
    private double _startGradient;
    private double _bestAccuracy;
    private int _blocks;

    private bool HasCritic => logits == LogitKind.Value;

    /// <summary>Takes the next block.</summary>
    public void See(TrainingVitals vitals)
    {
        _first ??= vitals;
        _last = vitals;
        _blocks++;
        if (_blocks <= StartBlocks)
        {
            _startGradient = Math.Max(_startGradient, vitals.GeneratorGradient);
        }

        _bestAccuracy = Math.Max(_bestAccuracy, vitals.Accuracy);
        _recent.Enqueue(vitals);
        if (_recent.Count > thresholds.SwingBlocks)
        {
            _recent.Dequeue();
        }

        SeeWeights(vitals);
        Mark(VerdictKind.Diverging, vitals, Losses(vitals));
        Mark(VerdictKind.UnboundedCritic, vitals, Critic(vitals));
        Mark(VerdictKind.DiscriminatorWon, vitals, Won(vitals));
        Mark(VerdictKind.GeneratorStarved, vitals, Starved(vitals));
        Mark(VerdictKind.DiscriminatorLost, vitals, Lost(vitals));
        Mark(VerdictKind.Oscillating, vitals, Swings());
        if (_jump is not null || Enum.GetValues<VerdictKind>().Any(Holds))
        {
            _calmSince = vitals.Step + 1;
        }
    }

    /// <summary>How the training stands.</summary>
    public TrainingVerdict Judge()
    {
        foreach (var kind in Enum.GetValues<VerdictKind>())
        {
            // a critic without bound throws G too: that is told first
            if (kind == VerdictKind.Diverging && _jump is { } jump && !Holds(VerdictKind.UnboundedCritic))
            {
                return Verdict(VerdictKind.Diverging, jump.Since, jump.Evidence);
            }

            if (_streaks.TryGetValue(kind, out var streak) && Holds(kind))
            {
                return Verdict(kind, streak.Since, streak.Evidence);
            }
        }

        return _blocks < thresholds.Patience
            ? Verdict(VerdictKind.Undecided, 0, FormattableString.Invariant($"Too few steps to judge: {_blocks} of {thresholds.Patience} blocks of {thresholds.BlockSteps} steps."))
            : Verdict(VerdictKind.Healthy, Math.Max(_first!.FirstStep, _calmSince), VerdictWords.Health(_last!, _startGradient, _startWeights));
    }

    /// <summary>How a training stands that broke off.</summary>
    public static TrainingVerdict Broken(TrainingDivergedException diverged) =>
        new(VerdictKind.NotFinite, diverged.Step, diverged.Step, $"{diverged.Quantity} is not a finite number", VerdictWords.Advice(VerdictKind.NotFinite));

    private bool Holds(VerdictKind kind) => _streaks.TryGetValue(kind, out var streak) && streak.Blocks >= thresholds.Patience;

    private TrainingVerdict Verdict(VerdictKind kind, long since, string evidence) => new(kind, _last?.Step ?? 0, since, evidence, VerdictWords.Advice(kind));

    private void Mark(VerdictKind kind, TrainingVitals vitals, string? evidence)
    {
        if (evidence is null)
        {
            _streaks.Remove(kind);
            return;
        }

        _streaks[kind] = _streaks.TryGetValue(kind, out var streak) ? (streak.Since, streak.Blocks + 1, evidence) : (vitals.FirstStep, 1, evidence);
    }

    // Weights that were thrown stay where they are, so the finding stays until their norm has come back by half of the jump.
    private void SeeWeights(TrainingVitals vitals)
    {
        if (vitals.Weights is not { } now)
        {
            return;
        }

        _startWeights ??= now;
        if (_weights is { } before)
        {
            foreach (var (name, norm, old, most) in new[] { ("G", now.Generator, before.Generator, thresholds.GeneratorJump), ("D", now.Discriminator, before.Discriminator, thresholds.DiscriminatorJump) })
            {
                if (norm > Math.Pow(most, Math.Max(1, (vitals.Step - _weighed) / (double)thresholds.BlockSteps)) * old && // reports may be sparser than blocks
                    !(HasCritic && name == "D") && _jump is null)
                {
                    _jump = (_weighed + 1, (norm + old) / 2, name == "G", VerdictWords.Jump(name, old, norm, vitals.Step - _weighed));
                }
            }
        }

        if (_jump is { } jump && (jump.OfGenerator ? now.Generator : now.Discriminator) < jump.Level)
        {
            _jump = null;
        }

        (_weights, _weighed) = (now, vitals.Step);
    }

    private string? Losses(TrainingVitals v) =>
        !HasCritic && (Math.Abs(v.DiscriminatorLoss) > thresholds.LossBound || Math.Abs(v.GeneratorLoss) > thresholds.LossBound) ? VerdictWords.Losses(v) : null;

    private string? Critic(TrainingVitals v) =>
        HasCritic && v.DiscriminatorGradient > thresholds.CriticGrowth * _first!.DiscriminatorGradient ? VerdictWords.Critic(v, _first) : null;

    // G still learns from a D that is right about all, unless D's probabilities leave nothing to learn from, or G's gradient has faded. In the minimax game, where G's loss
    // is below 0, the slope that reaches G is D(fake) itself: it is lost before D is sure.
    private string? Won(TrainingVitals v)
    {
        var saturated = logits == LogitKind.LogOdds && v.GeneratorLoss < 0 && v.FakeProbability <= thresholds.SaturatedProbability && v.Accuracy >= thresholds.SaturatedAccuracy;
        var sure = v.RealAccuracy >= thresholds.WonAccuracy && v.FakeAccuracy >= thresholds.WonAccuracy;
        var certain = logits == LogitKind.LogOdds && v.RealProbability >= thresholds.WonAccuracy && v.FakeProbability <= 1 - thresholds.WonAccuracy;
        var faded = v.GeneratorGradient < thresholds.FadedGradient * _startGradient;
        return !HasCritic && (saturated || (sure && (certain || faded))) ? VerdictWords.Won(v, _startGradient, logits) : null;
    }

    private string? Starved(TrainingVitals v) => v.GeneratorGradient < thresholds.DeadGradient * _startGradient ? VerdictWords.Starved(v, _startGradient) : null;

    private string? Lost(TrainingVitals v)
    {
        var never = _bestAccuracy < thresholds.NeverAccuracy && _blocks > thresholds.Patience;
        return !HasCritic && (v.Accuracy < thresholds.LostAccuracy || never) ? VerdictWords.Lost(v, _bestAccuracy, never) : null;
    }

    private string? Swings()
    {
        if (HasCritic || _recent.Count < thresholds.SwingBlocks)
        {
            return null;
        }

        var losses = _recent.Select(v => v.DiscriminatorLoss).ToArray();
        var mean = losses.Average();
        var swing = Math.Sqrt(losses.Average(l => (l - mean) * (l - mean))) / mean;
        var crossings = losses.Zip(losses.Skip(1)).Count(p => p.First < mean != p.Second < mean);
        return swing > thresholds.Swing && crossings >= thresholds.SwingCrossings ? VerdictWords.Swings(losses, swing, _recent.Peek().FirstStep, _last!.Step) : null;
    }
}
