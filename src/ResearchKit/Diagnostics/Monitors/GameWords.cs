using System.Globalization;
using ResearchKit.Losses;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>The words of verdicts: what was seen, with numbers, and what to try.</summary>
internal static class GameWords
{
    public static string Advice(GameVerdictKind kind) => kind switch
    {
        GameVerdictKind.NotFinite =>
            "a lower learning rate (2e-4 is DCGAN's), a limit on the gradients' norm, or a gradient penalty; look at the data for NaN " +
                "if it happened at step 1",
        GameVerdictKind.Diverging => "a learning rate ten times lower, or one that is warmed up",
        GameVerdictKind.UnboundedCritic =>
            "a gradient penalty (WGAN-GP, lambda 10), weight clipping (0.01), or spectral norm in the critic",
        GameVerdictKind.DiscriminatorWon =>
            "R1 (gamma 1), a slower D or fewer steps of D, instance noise, or the non-saturating loss in place of minimax",
        GameVerdictKind.GeneratorStarved =>
            "a lower learning rate for G, or leaky units in both players: units that are 0 for every sample pass no gradient on",
        GameVerdictKind.DiscriminatorLost =>
            "a wider D, more steps or a higher rate for D, a weaker penalty, or less noise; if samples are good already, stop",
        GameVerdictKind.Oscillating => "R1 (gamma 1), a lower learning rate, or less momentum (beta1 0)",
        _ => "",
    };

    public static string Jump(string player, double before, double after, long steps) =>
        string.Create(CultureInfo.InvariantCulture,
            $"the norm of {player}'s weights went from {before:G3} to {after:G3} within {steps} steps, and has not come back");

    public static string Losses(GameVitals v) =>
        string.Create(CultureInfo.InvariantCulture,
            $"the losses are {v.DiscriminatorLoss:G3} for D and {v.GeneratorLoss:G3} for G, where a game in balance has less than 10");

    public static string Critic(GameVitals v, GameVitals first)
    {
        var weights = v.Weights is { } w ? string.Create(CultureInfo.InvariantCulture, $", its weights' norm {w.Discriminator:G3}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"its gradient is {v.DiscriminatorGradient:G3}, {Times(v.DiscriminatorGradient / first.DiscriminatorGradient)} that at the " +
            $"start, and its loss {v.DiscriminatorLoss:G3}{weights}");
    }

    public static string Won(GameVitals v, double start, LogitKind logits)
    {
        var left = v.GeneratorLoss < 0 ? " (the share of its slope that the minimax loss leaves G)" : "";
        var fake = logits == LogitKind.LogOdds
            ? string.Create(CultureInfo.InvariantCulture, $", D(fake) is {v.FakeProbability:G2}{left}")
            : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"it is right about {Share(v.RealAccuracy)} of real and {Share(v.FakeAccuracy)} of generated samples{fake}, " +
            $"G's gradient is {Change(v.GeneratorGradient, start)}");
    }

    public static string Starved(GameVitals v, double start) =>
        string.Create(CultureInfo.InvariantCulture,
            $"its gradient is {v.GeneratorGradient:G2}, {Change(v.GeneratorGradient, start)}, while D is right about " +
            $"{Share(v.Accuracy)} of the samples");

    public static string Lost(GameVitals v, double best, bool never) => never
        ? string.Create(CultureInfo.InvariantCulture,
            $"in no block was it right about more than {Share(best)} of the samples, and guessing gives 50 %")
        : string.Create(CultureInfo.InvariantCulture,
            $"it is right about {Share(v.RealAccuracy)} of real and {Share(v.FakeAccuracy)} of generated samples, and guessing gives " +
            $"50 %");

    public static string Swings(double[] losses, double swing, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture,
            $"from step {from} to {to} D's loss went to and fro between {losses.Min():G3} and {losses.Max():G3}, its standard " +
            $"deviation {Share(swing)} of its mean");

    public static string Health(GameVitals v, double start, WeightNorms? weights)
    {
        var grown = v.Weights is { } now && weights is { } then
            ? string.Create(CultureInfo.InvariantCulture,
                $"; weights against the start: G {now.Generator / then.Generator:0.0}x, D {now.Discriminator / then.Discriminator:0.0}x")
            : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"D is right about {Share(v.Accuracy)} of the samples, G's gradient is {Change(v.GeneratorGradient, start)}{grown}");
    }

    private static string Change(double now, double start) =>
        now > 0.8 * start && now < 1.25 * start
            ? "about that at the start"
            : now > start
            ? string.Create(CultureInfo.InvariantCulture, $"up {Times(now / start)}")
            : string.Create(CultureInfo.InvariantCulture, $"down {Times(start / now)}");

    private static string Times(double ratio) =>
        ratio < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0}x")
            : ratio < 1e6
            ? string.Create(CultureInfo.InvariantCulture, $"{ratio:N0}x")
            : "more than a million times";

    private static string Share(double share) =>
        double.IsNaN(share) ? "an unknown share" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");
}
