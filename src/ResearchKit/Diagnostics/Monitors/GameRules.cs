using System.Globalization;
using ResearchKit.Losses;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What the vitals of a training say. A trouble is told when a number of blocks in a row show it; of several the
/// gravest.</summary>
internal sealed class GameRules(LogitKind logits, GameThresholds thresholds, WeightNorms? start)
{
    private const int StartBlocks = 3;

    private readonly Dictionary<GameVerdictKind, (long Since, int Blocks, string Evidence)> _streaks = [];
    private readonly Queue<GameVitals> _recent = [];
    private WeightNorms? _startWeights = start;
    private WeightNorms? _weights = start;
    private long _calmSince;
    private long _weighed;
    private (long Since, double Level, bool OfGenerator, string Evidence)? _jump;
    private GameVitals? _first;
    private GameVitals? _last;
    private double _startGradient;
    private double _bestAccuracy;
    private int _blocks;

    private bool HasCritic => logits == LogitKind.Value;

    /// <summary>Takes the next block.</summary>
    public void See(GameVitals vitals)
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
        Mark(GameVerdictKind.Diverging, vitals, Losses(vitals));
        Mark(GameVerdictKind.UnboundedCritic, vitals, Critic(vitals));
        Mark(GameVerdictKind.DiscriminatorWon, vitals, Won(vitals));
        Mark(GameVerdictKind.GeneratorStarved, vitals, Starved(vitals));
        Mark(GameVerdictKind.DiscriminatorLost, vitals, Lost(vitals));
        Mark(GameVerdictKind.Oscillating, vitals, Swings());
        if (_jump is not null || Enum.GetValues<GameVerdictKind>().Any(Holds))
        {
            _calmSince = vitals.Step + 1;
        }
    }

    /// <summary>How the training stands.</summary>
    public GameVerdict Judge()
    {
        foreach (var kind in Enum.GetValues<GameVerdictKind>())
        {
            // a critic without bound throws G too: that is told first
            if (kind == GameVerdictKind.Diverging && _jump is { } jump && !Holds(GameVerdictKind.UnboundedCritic))
            {
                return Verdict(GameVerdictKind.Diverging, jump.Since, jump.Evidence);
            }

            if (_streaks.TryGetValue(kind, out var streak) && Holds(kind))
            {
                return Verdict(kind, streak.Since, streak.Evidence);
            }
        }

        return _blocks < thresholds.Patience
            ? Verdict(GameVerdictKind.Undecided, 0,
                string.Create(CultureInfo.InvariantCulture, $"Too few steps to judge: {_blocks} of {thresholds.Patience} blocks of " +
                $"{thresholds.BlockSteps} steps."))
            : Verdict(GameVerdictKind.Healthy, Math.Max(_first!.FirstStep, _calmSince),
                GameWords.Health(_last!, _startGradient, _startWeights));
    }

    /// <summary>How a training stands that broke off.</summary>
    public static GameVerdict Broken(TrainingDivergedException diverged) =>
        new(GameVerdictKind.NotFinite, diverged.Step, diverged.Step, $"{diverged.Quantity} is not a finite number",
            GameWords.Advice(GameVerdictKind.NotFinite));

    private bool Holds(GameVerdictKind kind) => _streaks.TryGetValue(kind, out var streak) && streak.Blocks >= thresholds.Patience;

    private GameVerdict Verdict(GameVerdictKind kind, long since, string evidence) =>
        new(kind, _last?.Step ?? 0, since, evidence, GameWords.Advice(kind));

    private void Mark(GameVerdictKind kind, GameVitals vitals, string? evidence)
    {
        if (evidence is null)
        {
            _streaks.Remove(kind);
            return;
        }

        _streaks[kind] = _streaks.TryGetValue(kind, out var streak)
            ? (streak.Since, streak.Blocks + 1, evidence)
            : (vitals.FirstStep, 1, evidence);
    }

    // Weights that were thrown stay where they are, so the finding stays until their norm has come back by half of the jump.
    private void SeeWeights(GameVitals vitals)
    {
        if (vitals.Weights is not { } now)
        {
            return;
        }

        _startWeights ??= now;
        if (_weights is { } before)
        {
            foreach (var (name, norm, old, most) in new[] { ("G", now.Generator, before.Generator, thresholds.GeneratorJump),
                ("D", now.Discriminator, before.Discriminator, thresholds.DiscriminatorJump) })
            {
                // reports may be sparser than blocks
                if (norm > Math.Pow(most, Math.Max(1, (vitals.Step - _weighed) / (double)thresholds.BlockSteps)) * old &&
                    !(HasCritic && name == "D") && _jump is null)
                {
                    _jump = (_weighed + 1, (norm + old) / 2, name == "G", GameWords.Jump(name, old, norm, vitals.Step - _weighed));
                }
            }
        }

        if (_jump is { } jump && (jump.OfGenerator ? now.Generator : now.Discriminator) < jump.Level)
        {
            _jump = null;
        }

        (_weights, _weighed) = (now, vitals.Step);
    }

    private string? Losses(GameVitals v) =>
        !HasCritic && (Math.Abs(v.DiscriminatorLoss) > thresholds.LossBound || Math.Abs(v.GeneratorLoss) > thresholds.LossBound)
            ? GameWords.Losses(v)
            : null;

    private string? Critic(GameVitals v) =>
        HasCritic && v.DiscriminatorGradient > thresholds.CriticGrowth * _first!.DiscriminatorGradient ? GameWords.Critic(v, _first) : null;

    // G still learns from a D that is right about all, unless D's probabilities leave nothing to learn from, or G's gradient has faded. In
    // the minimax game, where G's loss
    // is below 0, the slope that reaches G is D(fake) itself: it is lost before D is sure.
    private string? Won(GameVitals v)
    {
        var saturated = logits == LogitKind.LogOdds && v.GeneratorLoss < 0 && v.FakeProbability <= thresholds.SaturatedProbability
            && v.Accuracy >= thresholds.SaturatedAccuracy;
        var sure = v.RealAccuracy >= thresholds.WonAccuracy && v.FakeAccuracy >= thresholds.WonAccuracy;
        var certain = logits == LogitKind.LogOdds && v.RealProbability >= thresholds.WonAccuracy
            && v.FakeProbability <= 1 - thresholds.WonAccuracy;
        var faded = v.GeneratorGradient < thresholds.FadedGradient * _startGradient;
        return !HasCritic && (saturated || (sure && (certain || faded))) ? GameWords.Won(v, _startGradient, logits) : null;
    }

    private string? Starved(GameVitals v) =>
        v.GeneratorGradient < thresholds.DeadGradient * _startGradient ? GameWords.Starved(v, _startGradient) : null;

    private string? Lost(GameVitals v)
    {
        var never = _bestAccuracy < thresholds.NeverAccuracy && _blocks > thresholds.Patience;
        return !HasCritic && (v.Accuracy < thresholds.LostAccuracy || never) ? GameWords.Lost(v, _bestAccuracy, never) : null;
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
        return swing > thresholds.Swing && crossings >= thresholds.SwingCrossings
            ? GameWords.Swings(losses, swing, _recent.Peek().FirstStep, _last!.Step)
            : null;
    }
}
