using ResearchKit.Data.Text;
using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>A generator of lines that draws one token after the other, and knows how probable each is: its likelihood is exact, and a line
/// can be completed from any place.</summary>
public interface IAutoregressiveGenerator : ITextGenerator
{
    /// <summary>What logits are divided by before a token is drawn, above 0; 1 by itself. Below 1 lines are more probable and less varied.
    /// It is not kept in a file.</summary>
    double Temperature { get; set; }

    /// <summary>How probable lines are, at its temperature, token by token.</summary>
    /// <param name="lines">Tokens, int64, shape (B, L), or one-hot, shape (B, V, L), on its device.</param>
    /// <returns>log p of each token after those before it, in nats, shape (B, L), with a gradient. The caller disposes it.</returns>
    Tensor LogProbabilities(Tensor lines);

    /// <summary>Completes lines from each of their places, several times, without a gradient.</summary>
    /// <param name="lines">As in <see cref="LogProbabilities"/>; L at least 2.</param>
    /// <param name="count">K: how often from each place, at least 1.</param>
    /// <param name="random">What draws, on the CPU. It stays the caller's.</param>
    /// <returns>Tokens, int64, shape (L - 1, K, B, L): line [t, k, b] has the first t + 1 tokens of line b, and others after them. The
    /// caller disposes it.</returns>
    Tensor RollOuts(Tensor lines, int count, Generator random);
}

/// <summary>SeqGAN's generator: an LSTM language model.</summary>
/// <remarks>Yu et al., arXiv:1609.05473, as in the authors' code: <see cref="TokenLstm"/>, 32 numbers in an embedding and in h by itself,
/// all parameters N(0, 0.1^2). Its z has a number for each place: P(z), which is uniform, picks the token by its cumulated probability, so
/// that a z stands for a line. Samples are one-hot. Their gradient is that of log p of the drawn tokens: for a matrix W of weights the
/// gradient of the sum of samples times W is the sum of W at the drawn tokens times the gradient of their log p, which is REINFORCE's
/// (eq. 7) for W = -Q. Deviations: none in what is drawn and how probable it is.</remarks>
public sealed class SeqGanGenerator : LatentGenerator, IAutoregressiveGenerator
{
    private const double Deviation = 0.1;

    private readonly TokenLstm lstm;

    /// <summary>Builds the network.</summary>
    /// <param name="vocabulary">The tokens; V with the padding.</param>
    /// <param name="length">L, the tokens of a line and the length of z, at least 1.</param>
    /// <param name="features">E = H: the numbers of an embedding and of h, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SeqGanGenerator(Vocabulary vocabulary, int length = 20, int features = 32)
        : base(nameof(SeqGanGenerator), length)
    {
        (Vocabulary, Length, Features) = (vocabulary, length, features);
        lstm = new TokenLstm(vocabulary.Count, features, Deviation);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <summary>E and H.</summary>
    public int Features { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public double Temperature
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1;

    /// <summary>Draws lines.</summary>
    /// <param name="input">z, standard normal, shape (B, L).</param>
    /// <returns>Shape (B, V, L), one-hot; where gradients are on, with the gradient of the drawn tokens' log p.</returns>
    public override Tensor forward(Tensor input) => Drawn(input, Temperature);

    /// <summary>Lines drawn at a lower temperature: the bound is what the temperature is multiplied by.</summary>
    /// <inheritdoc/>
    public override Tensor Truncated(Tensor z, Tensor? labels, double truncation) => Drawn(z, Temperature * truncation);

    /// <inheritdoc/>
    public Tensor LogProbabilities(Tensor lines) => LogProbabilities(Tokens(lines), Temperature);

    /// <inheritdoc/>
    public Tensor RollOuts(Tensor lines, int count, Generator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lines.shape[^1], 2, nameof(lines));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return lstm.RollOuts(Tokens(lines), count, Temperature, random);
    }

    private Tensor Drawn(Tensor z, double temperature)
    {
        using var scope = NewDisposeScope();
        var uniform = ((z / Math.Sqrt(2)).erf() + 1) / 2; // (B, L)
        var tokens = lstm.Draw(uniform, temperature); // (B, L)
        var x = nn.functional.one_hot(tokens, Vocabulary.Count).transpose(1, 2).to(z.dtype).contiguous(); // (B, V, L)
        if (!is_grad_enabled())
        {
            return x.MoveToOuterDisposeScope();
        }

        var log = LogProbabilities(tokens, temperature).unsqueeze(1); // (B, 1, L)
        return (x + (x * (log - log.detach()))).MoveToOuterDisposeScope(); // (B, V, L): x, with the gradient of log p
    }

    private Tensor LogProbabilities(Tensor tokens, double temperature)
    {
        using var scope = NewDisposeScope();
        var all = nn.functional.log_softmax(lstm.call(tokens) / temperature, 2); // (B, L, V)
        return all.gather(2, tokens.unsqueeze(2)).squeeze(2).MoveToOuterDisposeScope(); // (B, L)
    }

    private static Tensor Tokens(Tensor lines) => lines.dim() == 3 ? lines.argmax(1) : lines.alias();
}

/// <summary>Both networks in the register, and the generator in a file.</summary>
internal static class SeqGan
{
    private const int Features = 32;

    public static Architecture Architecture { get; } = new("seqgan", "Yu et al., arXiv:1609.05473",
        "lines of text, drawn one character after the other by an LSTM; features is its width (32 by itself), filters those of D's " +
        "widths 2 to 5 (200 by itself, others in proportion), z has a number for each character", SampleKind.Lines,
        (options, shape) => (new SeqGanGenerator(shape.Vocabulary!, shape.Size, options.Features ?? Features),
            new SeqGanDiscriminator(shape.Vocabulary!.Count * options.Pack, shape.Size,
                options.Filters ?? SeqGanDiscriminator.OwnFilters)),
        (_, shape) => shape.Size >= 2 ? null
            : $"The architecture seqgan needs lines of at least 2 characters, not {shape.Size}: set imageSize to more.")
    {
        Example = (new NetworkOptions(), 20),
        Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Filters)],
        File = GeneratorFormat.Of((SeqGanGenerator g) => new Values(g.Vocabulary.Characters, g.Length, g.Features)
        {
            Padded = g.Vocabulary.IsPadded ? null : false,
        }),
    };

    private sealed record Values(string Vocabulary, int Length, int Features) : GeneratorValues
    {
        public bool? Padded { get; init; }

        public override LatentGenerator Build() => new SeqGanGenerator(new Vocabulary(Vocabulary, Padded ?? true), Length, Features);

        public override IEnumerable<double> WeightSizes() => TokenLstm.WeightSizes(Vocabulary.EnumerateRunes().Count(), Features);
    }
}
