using ResearchKit.Data.Text;
using ResearchKit.Models;

namespace ResearchKit.Metrics.Text;

/// <summary>Lines beside the oracle that the real ones came from: how probable they are for it, how probable its lines are for the
/// generator, and how varied they are.</summary>
/// <param name="NllOracle">-log p of a generated token under the oracle, mean in nats: low for lines that the oracle could have made. One
/// probable line again and again scores better than the oracle's own lines, so it says nothing of variety.</param>
/// <param name="NllGenerator">-log p of a token of the oracle's held-out lines under the generator, mean in nats, at least the oracle's
/// entropy: high where it leaves lines out. NaN where the generator has no likelihood.</param>
/// <param name="Distinct">Different lines, as a share of all.</param>
/// <param name="SelfBleu">For n-grams of up to <see cref="Text.SelfBleu.Lengths"/> tokens, in their order.</param>
/// <remarks>NLL_oracle is Yu et al., arXiv:1609.05473, eq. 9; beside NLL_gen as in Zhu et al., arXiv:1802.01886, section 3.2. Deviations:
/// none.</remarks>
public sealed record OracleReading(double NllOracle, double NllGenerator, double Distinct, IReadOnlyList<double> SelfBleu)
{
    private const int AtOnce = 512;

    /// <summary>Reads a generator, in evaluation mode, at its temperature where it has one.</summary>
    /// <param name="generator">Makes lines of the oracle's length and number of tokens, on any device.</param>
    /// <param name="oracle">The oracle.</param>
    /// <param name="heldOut">Lines of the oracle that the generator was not trained on: tokens, int64, shape (M, L).</param>
    /// <param name="count">Lines to generate, at least 2.</param>
    /// <param name="seed">Chooses their z (<see cref="NormalLatents.Draw"/>).</param>
    /// <returns>The reading; the network's mode is as before.</returns>
    /// <exception cref="ArgumentException">The generator makes no lines, or others than the oracle.</exception>
    public static OracleReading Of(LatentGenerator generator, SequenceOracle oracle, Tensor heldOut, int count = 2000, long seed = 1)
    {
        if (generator is not ITextGenerator text || text.Vocabulary.Count != oracle.Tokens || text.Length != oracle.Length)
        {
            throw new ArgumentException($"The oracle reads lines of {oracle.Length} of its {oracle.Tokens} tokens, and " +
                (generator is ITextGenerator other ? $"this {generator.GetType().Name} makes lines of {other.Length} of " +
                    $"{other.Vocabulary.Count}: build it for the oracle's." : $"{generator.GetType().Name} makes no lines."),
                nameof(generator));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var evaluation = new EvaluationMode(generator);
        var like = generator.parameters().First();
        var z = NormalLatents.Draw(count, generator.LatentSize, seed);
        var lines = cat([.. z.split(AtOnce).Select(part => Drawn(part.to(like.dtype, like.device)))]); // (N, L)
        return Of(lines, oracle, text.Vocabulary) with
        {
            NllGenerator = generator is IAutoregressiveGenerator exact ? Nll(exact, heldOut.to(like.device)) : double.NaN,
        };

        Tensor Drawn(Tensor part)
        {
            using var inner = NewDisposeScope();
            return generator.call(part).argmax(1).cpu().MoveToOuterDisposeScope(); // (B, L)
        }
    }

    /// <summary>Reads lines, for example the oracle's own, to compare with.</summary>
    /// <param name="lines">Tokens, int64, shape (N, L), N at least 2, on the CPU.</param>
    /// <param name="oracle">The oracle.</param>
    /// <param name="vocabulary">The tokens as characters.</param>
    /// <returns>The reading; its NllGenerator is NaN.</returns>
    public static OracleReading Of(Tensor lines, SequenceOracle oracle, Vocabulary vocabulary)
    {
        var text = vocabulary.Lines(lines);
        return new(oracle.NegativeLogLikelihood(lines), double.NaN, (double)text.Distinct(StringComparer.Ordinal).Count() / text.Count,
            [.. Text.SelfBleu.Lengths.Select(n => Text.SelfBleu.Of(text, n))]);
    }

    private static double Nll(IAutoregressiveGenerator generator, Tensor lines)
    {
        var sum = 0.0;
        foreach (var part in lines.split(AtOnce))
        {
            using var log = generator.LogProbabilities(part); // (B, L)
            using var all = log.sum(ScalarType.Float64);
            sum -= all.item<double>();
        }

        return sum / lines.numel();
    }
}
