using ResearchKit.Data.Text;
using ResearchKit.Models.Layers;
using ResearchKit.State;

namespace ResearchKit.Models;

/// <summary>A source of lines whose probabilities are known: an LSTM with weights that nobody trained. A generator learns from its lines,
/// and the oracle says exactly how probable those of the generator are.</summary>
/// <remarks>Yu et al., arXiv:1609.05473, section 4: the network of <see cref="SeqGanGenerator"/> with all parameters N(0, 1); the paper's
/// has 5,000 tokens, 32 numbers in an embedding and in h, and 20 places. Its weights are drawn from a random stream of their own: the same
/// seed gives the same oracle everywhere.</remarks>
public sealed class SequenceOracle : IDisposable
{
    /// <summary>Tokens of the oracle of lines.</summary>
    public const int LineTokens = 64;

    private const ulong WeightSalt = 0x8EBC6AF09C88C6E3UL;
    private const ulong DrawSalt = 0x589965CC75374CC3UL;
    private const int AtOnce = 1024;
    private const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";

    private readonly TokenLstm _lstm;

    /// <summary>Draws an oracle.</summary>
    /// <param name="tokens">V, at least 1.</param>
    /// <param name="length">L, the tokens of a line, at least 1.</param>
    /// <param name="width">E = H, at least 1.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SequenceOracle(int tokens = 5000, int length = 20, int width = 32, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        using var random = new RandomStream(seed, WeightSalt);
        _lstm = new TokenLstm(tokens, width, 1, random.Generator);
        Length = length;
    }

    /// <summary>The characters that stand for the tokens of <see cref="OfLines"/>: digits, letters, + and -, without padding.</summary>
    public static Vocabulary Vocabulary { get; } = new(Characters, padded: false);

    /// <summary>V.</summary>
    public int Tokens => _lstm.Tokens;

    /// <summary>L.</summary>
    public int Length { get; }

    /// <summary>The oracle of the data <c>oracle</c>: 64 tokens, which <see cref="Vocabulary"/> shows as characters, width 32, seed 0.
    /// </summary>
    /// <param name="length">L, at least 1.</param>
    public static SequenceOracle OfLines(int length = 20) => new(LineTokens, length);

    /// <summary>Draws lines.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Chooses them.</param>
    /// <returns>Tokens, int64, shape (count, L), on the CPU. The caller disposes them.</returns>
    public Tensor Draw(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var random = new RandomStream(seed, DrawSalt);
        var uniform = rand(count, Length, generator: random.Generator); // (N, L)
        return cat([.. uniform.split(AtOnce).Select(part => _lstm.Draw(part))]).MoveToOuterDisposeScope(); // (N, L)
    }

    /// <summary>Lines whose tokens are all equally probable.</summary>
    /// <inheritdoc cref="Draw"/>
    public Tensor Uniform(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var random = new RandomStream(seed, DrawSalt);
        return randint(0, Tokens, [count, Length], ScalarType.Int64, generator: random.Generator);
    }

    /// <summary>The line that takes the most probable token each time.</summary>
    /// <returns>Tokens, int64, shape (1, L), on the CPU. The caller disposes them.</returns>
    public Tensor Greedy() => _lstm.Greedy(Length);

    /// <summary>How improbable lines are for it: the mean over all tokens of -log p of a token after those before it.</summary>
    /// <param name="lines">Tokens, int64, shape (N, L), on any device; each in [0, V).</param>
    /// <returns>NLL_oracle in nats a token. Lines of its own get its entropy; lower ones are more probable than its own, and repeat
    /// themselves.</returns>
    public double NegativeLogLikelihood(Tensor lines)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sum = 0.0;
        foreach (var part in lines.cpu().split(AtOnce))
        {
            using var inner = NewDisposeScope();
            var logits = _lstm.call(part).transpose(1, 2); // (B, V, L)
            sum += nn.functional.cross_entropy(logits, part, reduction: nn.Reduction.None).sum(ScalarType.Float64).item<double>();
        }

        return sum / lines.numel();
    }

    /// <inheritdoc/>
    public void Dispose() => _lstm.Dispose();
}
