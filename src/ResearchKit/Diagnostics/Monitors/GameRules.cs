using ResearchKit.Losses;
using ResearchKit.Training;
using static System.FormattableString;
using static ResearchKit.Diagnostics.Monitors.MonitorWords;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What the vitals of a training say. A trouble is told when a number of blocks in a row show it; of several the
/// gravest.</summary>
internal sealed class GameRules(LogitKind logits, GameThresholds thresholds, WeightNorms? start)
{
    private const int StartBlocks = 3;

    private readonly Dictionary<GameVerdictKind, (long Since, int Blocks, string Evidence)> _streaks = [];
    private readonly RecentList<GameVitals> _recent = new(thresholds.SwingBlocks);
    private WeightNorms? _startWeights = start;
    private WeightNorms? _weights = start;
    private long _weighed;
    private (long Since, double Level, bool OfGenerator, string Evidence)? _jump;
    private long _calmSince;
    private GameVitals? _first;
    private double _startGradient;
    private double _bestAccuracy;
    private int _blocks;

    private bool HasCritic => logits == LogitKind.Value;

    /// <summary>Takes the next block.</summary>
    public GameVerdict See(GameVitals v)
    {
        _first ??= v;
        _blocks++;
        _startGradient = _blocks <= StartBlocks ? Math.Max(_startGradient, v.GeneratorGradient) : _startGradient;
        _bestAccuracy = Math.Max(_bestAccuracy, v.Accuracy);
        _recent.Add(v);
        SeeWeights(v);
        Mark(GameVerdictKind.Diverging, Losses(v));
        Mark(GameVerdictKind.UnboundedCritic, Critic(v));
        Mark(GameVerdictKind.DiscriminatorWon, Won(v));
        Mark(GameVerdictKind.GeneratorStarved, Starved(v));
        Mark(GameVerdictKind.DiscriminatorLost, Lost(v));
        Mark(GameVerdictKind.Oscillating, Swings());
        GameVerdictKind[] held = [.. _streaks.Where(s => s.Value.Blocks >= thresholds.Patience).Select(s => s.Key).Order()];
        if (_jump is not null || held.Length > 0)
        {
            _calmSince = v.Step + 1;
        }

        // a critic without bound makes G's weights jump too: that is told first
        return _jump is { } jump && !held.Contains(GameVerdictKind.UnboundedCritic)
            ? Verdict(GameVerdictKind.Diverging, v.Step, jump.Since, jump.Evidence)
            : held is [var gravest, ..] ? Verdict(gravest, v.Step, _streaks[gravest].Since, _streaks[gravest].Evidence)
            : _blocks < thresholds.Patience ? TooFew(v.Step, _blocks, thresholds)
            : Verdict(GameVerdictKind.Healthy, v.Step, Math.Max(_first.FirstStep, _calmSince), Health(v));

        void Mark(GameVerdictKind kind, string? evidence)
        {
            if (evidence is null)
            {
                _streaks.Remove(kind);
            }
            else
            {
                var (since, blocks, _) = _streaks.GetValueOrDefault(kind, (v.FirstStep, 0, ""));
                _streaks[kind] = (since, blocks + 1, evidence);
            }
        }
    }

    /// <summary>How a training stands that broke off.</summary>
    public static GameVerdict Broken(TrainingDivergedException diverged) =>
        Verdict(GameVerdictKind.NotFinite, diverged.Step, diverged.Step, $"{diverged.Quantity} is not a finite number");

    /// <summary>How a training stands of which too little was seen.</summary>
    public static GameVerdict TooFew(long step, int blocks, GameThresholds thresholds) => Verdict(GameVerdictKind.Undecided, step, 0,
        $"Too few steps to judge: {blocks} of {thresholds.Patience} blocks of {thresholds.BlockSteps} steps.");

    private static GameVerdict Verdict(GameVerdictKind kind, long step, long since, string evidence)
    {
        var (what, advice) = kind switch
        {
            GameVerdictKind.NotFinite => ("The training broke off",
                "a lower learning rate (2e-4 is DCGAN's), a limit on the gradients' norm, or a gradient penalty; look at the data for " +
                "NaN if it happened at step 1"),
            GameVerdictKind.Diverging => ("The training has diverged", "a learning rate ten times lower, or one that is warmed up"),
            GameVerdictKind.UnboundedCritic => ("The critic has grown without bound",
                "a gradient penalty (WGAN-GP, lambda 10), weight clipping (0.01), or spectral norm in the critic"),
            GameVerdictKind.DiscriminatorWon => ("D has won",
                "R1 (gamma 1), a slower D or fewer steps of D, instance noise, or the non-saturating loss in place of minimax"),
            GameVerdictKind.GeneratorStarved => ("G has had no gradient to learn from",
                "a lower learning rate for G, or leaky units in both players: units that are 0 for every sample pass no gradient on"),
            GameVerdictKind.DiscriminatorLost => ("D has not told real from generated samples",
                "a wider D, more steps or a higher rate for D, a weaker penalty, or less noise; if samples are good already, stop"),
            GameVerdictKind.Oscillating => ("The game has oscillated", "R1 (gamma 1), a lower learning rate, or less momentum (beta1 0)"),
            GameVerdictKind.Healthy => ("No trouble is seen", ""),
            _ => ("", ""),
        };
        var when = kind is GameVerdictKind.NotFinite or GameVerdictKind.Healthy ? $"at step {Number(step)}" : $"since step {Number(since)}";
        return new GameVerdict(kind, step, since, what.Length == 0 ? "" : $"{what} {when}", evidence, advice);
    }

    // Weights that jumped stay where they are, so the finding stays until their norm has fallen by half of the jump.
    private void SeeWeights(GameVitals v)
    {
        if (v.Weights is not { } now)
        {
            return;
        }

        _startWeights ??= now;
        var blocks = Math.Max(1, (v.Step - _weighed) / (double)thresholds.BlockSteps); // reports may be sparser than blocks
        if (_weights is { } before)
        {
            Compare("G", now.Generator, before.Generator, thresholds.GeneratorJump);
            Compare("D", now.Discriminator, before.Discriminator, HasCritic ? double.PositiveInfinity : thresholds.DiscriminatorJump);
        }

        if (_jump is { } jump && (jump.OfGenerator ? now.Generator : now.Discriminator) < jump.Level)
        {
            _jump = null;
        }

        (_weights, _weighed) = (now, v.Step);

        void Compare(string player, double norm, double old, double most)
        {
            if (norm > Math.Pow(most, blocks) * old)
            {
                _jump ??= (_weighed + 1, (norm + old) / 2, player == "G", Invariant($"the norm of {player}'s weights went from {old:G3} ") +
                    Invariant($"to {norm:G3} within {v.Step - _weighed} steps, and has not come back"));
            }
        }
    }

    private string? Losses(GameVitals v) =>
        !HasCritic && (Math.Abs(v.DiscriminatorLoss) > thresholds.LossBound || Math.Abs(v.GeneratorLoss) > thresholds.LossBound)
            ? Invariant($"the losses are {v.DiscriminatorLoss:G3} for D and {v.GeneratorLoss:G3} for G, where a game in balance has less ")
                + "than 10"
            : null;

    private string? Critic(GameVitals v)
    {
        var (gradient, first) = (v.DiscriminatorGradient, _first!.DiscriminatorGradient);
        var weights = v.Weights is { } w ? Invariant($", its weights' norm {w.Discriminator:G3}") : "";
        return HasCritic && gradient > thresholds.CriticGrowth * first
            ? Invariant($"its gradient is {gradient:G3}, {Times(gradient / first)} that at the start, and its loss ") +
                Invariant($"{v.DiscriminatorLoss:G3}{weights}")
            : null;
    }

    // G still learns from a D that is right about all, unless D's probabilities leave nothing to learn from, or G's gradient has faded. In
    // the minimax game, where G's loss is below 0, the slope that reaches G is D(fake) itself: it is lost before D is sure.
    private string? Won(GameVitals v)
    {
        var minimax = v.GeneratorLoss < 0;
        var saturated = logits == LogitKind.LogOdds && minimax && v.FakeProbability <= thresholds.SaturatedProbability
            && v.Accuracy >= thresholds.SaturatedAccuracy;
        var sure = v.RealAccuracy >= thresholds.WonAccuracy && v.FakeAccuracy >= thresholds.WonAccuracy;
        var certain = logits == LogitKind.LogOdds && v.RealProbability >= thresholds.WonAccuracy
            && v.FakeProbability <= 1 - thresholds.WonAccuracy;
        var faded = v.GeneratorGradient < thresholds.FadedGradient * _startGradient;
        if (HasCritic || !(saturated || (sure && (certain || faded))))
        {
            return null;
        }

        var fake = logits == LogitKind.LogOdds ? Invariant($", D(fake) is {v.FakeProbability:G2}") : "";
        var left = logits == LogitKind.LogOdds && minimax ? " (the share of its slope that the minimax loss leaves G)" : "";
        return $"it is right about {Share(v.RealAccuracy)} of real and {Share(v.FakeAccuracy)} of generated samples{fake}{left}, G's " +
            $"gradient is {Change(v.GeneratorGradient)}";
    }

    private string? Starved(GameVitals v) => v.GeneratorGradient < thresholds.DeadGradient * _startGradient
        ? Invariant($"its gradient is {v.GeneratorGradient:G2}, {Change(v.GeneratorGradient)}, while D is right about ") +
            $"{Share(v.Accuracy)} of the samples"
        : null;

    private string? Lost(GameVitals v) =>
        HasCritic ? null
        : _bestAccuracy < thresholds.NeverAccuracy && _blocks > thresholds.Patience
            ? $"in no block was it right about more than {Share(_bestAccuracy)} of the samples, and guessing gives 50 %"
        : v.Accuracy < thresholds.LostAccuracy
            ? $"it is right about {Share(v.RealAccuracy)} of real and {Share(v.FakeAccuracy)} of generated samples, and guessing gives 50 %"
        : null;

    private string? Swings()
    {
        if (HasCritic || _recent.Items.Count < thresholds.SwingBlocks)
        {
            return null;
        }

        double[] losses = [.. _recent.Items.Select(v => v.DiscriminatorLoss)];
        var mean = losses.Average();
        var swing = Math.Sqrt(losses.Average(l => (l - mean) * (l - mean))) / mean;
        var crossings = losses.Zip(losses.Skip(1)).Count(p => p.First < mean != p.Second < mean);
        return swing > thresholds.Swing && crossings >= thresholds.SwingCrossings
            ? $"from step {_recent.Items[0].FirstStep} to {_recent.Items[^1].Step} D's loss went to and fro between " +
                Invariant($"{losses.Min():G3} and {losses.Max():G3}, its standard deviation {Share(swing)} of its mean")
            : null;
    }

    private string Health(GameVitals v)
    {
        var grown = v.Weights is { } now && _startWeights is { } then
            ? Invariant($"; weights against the start: G {now.Generator / then.Generator:0.0}x, ") +
                Invariant($"D {now.Discriminator / then.Discriminator:0.0}x")
            : "";
        return $"D is right about {Share(v.Accuracy)} of the samples, G's gradient is {Change(v.GeneratorGradient)}{grown}";
    }

    private string Change(double gradient) =>
        double.IsNaN(gradient) ? "unknown"
        : gradient > 0.8 * _startGradient && gradient < 1.25 * _startGradient ? "about that at the start"
        : gradient > _startGradient ? $"up {Times(gradient / _startGradient)}"
        : $"down {Times(_startGradient / gradient)}";

    private static string Times(double ratio) =>
        ratio < 10 ? Invariant($"{ratio:0.0}x") : ratio < 1e6 ? Invariant($"{ratio:N0}x") : "more than a million times";
}
