using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A language model: an LSTM that says how probable each token is after those before it. A line begins after token 0, with h and c
/// of zeros.</summary>
/// <remarks>Hochreiter and Schmidhuber 1997 with a forget gate, as in the code of Yu et al., arXiv:1609.05473 (generator.py and
/// target_lstm.py): gates i, f and o by sigmoids, the new memory and h by tanh, one bias a gate, a linear layer to the tokens. A token's
/// embedding times the gates' weights is computed once for all tokens, which gives the same numbers.</remarks>
public sealed class TokenLstm : nn.Module<Tensor, Tensor>
{
    private const int Gates = 4; // i, f, o, and the new memory

    private readonly Parameter embedding;
    private readonly Parameter input_weight;
    private readonly Parameter hidden_weight;
    private readonly Parameter bias;
    private readonly Parameter output_weight;
    private readonly Parameter output_bias;

    /// <summary>Builds the network, every parameter normal.</summary>
    /// <param name="tokens">V, at least 1.</param>
    /// <param name="width">H, the numbers of an embedding and of h, at least 1.</param>
    /// <param name="deviation">The parameters' standard deviation.</param>
    /// <param name="random">What draws them; null for the global random generator. It stays the caller's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public TokenLstm(int tokens, int width, double deviation, Generator? random = null)
        : base(nameof(TokenLstm))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Tokens, Width) = (tokens, width);
        embedding = Drawn(tokens, width);
        input_weight = Drawn(width, Gates * width);
        hidden_weight = Drawn(width, Gates * width);
        bias = Drawn(Gates * width);
        output_weight = Drawn(width, tokens);
        output_bias = Drawn(tokens);
        RegisterComponents();

        Parameter Drawn(params long[] shape)
        {
            using var numbers = randn(shape, generator: random);
            return new Parameter((numbers * deviation).DetachFromDisposeScope());
        }
    }

    /// <summary>V: how many tokens there are.</summary>
    public int Tokens { get; }

    /// <summary>H.</summary>
    public int Width { get; }

    /// <summary>Numbers in its weights, without biases, one matrix after the other.</summary>
    public static IEnumerable<double> WeightSizes(double tokens, double width) =>
        [tokens * width, Gates * width * width, Gates * width * width, width * tokens];

    /// <summary>What comes next after each part of known lines.</summary>
    /// <param name="input">Tokens, int64, shape (B, L), each in [0, V).</param>
    /// <returns>Logits, shape (B, L, V): those in place t follow from the tokens before t alone. The caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (count, length) = (input.shape[0], input.shape[1]);
        var previous = cat([zeros_like(input.narrow(1, 0, 1)), input.narrow(1, 0, length - 1)], 1); // (B, L)
        var gates = Table().index_select(0, previous.flatten()).reshape(count, length, -1); // (B, L, 4 H)
        var state = Start(count);
        var hidden = new List<Tensor>();
        for (var t = 0; t < length; t++)
        {
            state = Next(gates.select(1, t), state);
            hidden.Add(state.H);
        }

        return (stack(hidden, 1).matmul(output_weight) + output_bias).MoveToOuterDisposeScope(); // (B, L, V)
    }

    /// <summary>Draws lines token by token, without a gradient.</summary>
    /// <param name="uniform">Numbers in [0, 1], shape (B, L): each picks the first token whose cumulated probability is above it.</param>
    /// <param name="temperature">What logits are divided by, above 0.</param>
    /// <returns>Tokens, int64, shape (B, L). The caller disposes them.</returns>
    public Tensor Draw(Tensor uniform, double temperature = 1)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (table, state) = (Table(), Start(uniform.shape[0]));
        var token = zeros(uniform.shape[0], ScalarType.Int64, uniform.device); // (B)
        var tokens = new List<Tensor>();
        for (var t = 0; t < uniform.shape[1]; t++)
        {
            state = Next(table.index_select(0, token), state);
            token = Pick(state.H, uniform.select(1, t), temperature);
            tokens.Add(token);
        }

        return stack(tokens, 1).MoveToOuterDisposeScope(); // (B, L)
    }

    /// <summary>The line that takes the most probable token each time.</summary>
    /// <param name="length">L, at least 1.</param>
    /// <returns>Tokens, int64, shape (1, L). The caller disposes them.</returns>
    public Tensor Greedy(int length)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (table, state) = (Table(), Start(1));
        var token = zeros(1, ScalarType.Int64, embedding.device); // (1)
        var tokens = new List<Tensor>();
        for (var t = 0; t < length; t++)
        {
            state = Next(table.index_select(0, token), state);
            token = Logits(state.H).argmax(1);
            tokens.Add(token);
        }

        return stack(tokens, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Goes on from every beginning of lines, several times, without a gradient: Monte-Carlo roll-outs.</summary>
    /// <param name="tokens">int64, shape (B, L), L at least 2.</param>
    /// <param name="count">K: how often from each, at least 1.</param>
    /// <param name="temperature">As in <see cref="Draw"/>.</param>
    /// <param name="random">What draws, on the CPU. It stays the caller's.</param>
    /// <returns>int64, shape (L - 1, K, B, L): line [t, k, b] has the first t + 1 tokens of line b, and others after them. The caller
    /// disposes it.</returns>
    public Tensor RollOuts(Tensor tokens, int count, double temperature, Generator random)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        var rows = count * batch;
        var lines = tokens.repeat(length - 1, count, 1).reshape(length - 1, rows, length); // (L - 1, K B, L)
        var table = Table();
        var known = Next(table.select(0, 0).expand(batch, -1), Start(batch)); // what was read of the lines themselves
        var (going, drawn) = (Start(0), zeros(0, ScalarType.Int64, tokens.device)); // what was read of those that go on, and their last
        for (var t = 1; t < length; t++)
        {
            known = Next(table.index_select(0, tokens.select(1, t - 1)), known);
            going = Next(table.index_select(0, drawn), going);
            going = (cat([going.H, known.H.repeat(count, 1)]), cat([going.C, known.C.repeat(count, 1)])); // (t K B, H)
            drawn = Pick(going.H, rand(t * rows, generator: random).to(going.H.dtype, tokens.device), temperature); // (t K B)
            lines.narrow(0, 0, t).select(2, t).copy_(drawn.reshape(t, rows));
        }

        return lines.reshape(length - 1, count, batch, length).MoveToOuterDisposeScope();
    }

    // What each token adds to the gates, (V, 4 H).
    private Tensor Table() => embedding.matmul(input_weight) + bias;

    private (Tensor H, Tensor C) Start(long count)
    {
        var nothing = zeros([count, Width], embedding.dtype, embedding.device); // (B, H)
        return (nothing, nothing);
    }

    private (Tensor H, Tensor C) Next(Tensor gates, (Tensor H, Tensor C) last)
    {
        var all = gates + last.H.matmul(hidden_weight); // (B, 4 H)
        var open = all.narrow(1, 0, 3 * Width).sigmoid().chunk(3, 1); // i, f, o, each (B, H)
        var memory = (open[1] * last.C) + (open[0] * all.narrow(1, 3 * Width, Width).tanh()); // (B, H)
        return (open[2] * memory.tanh(), memory);
    }

    private Tensor Logits(Tensor h) => h.matmul(output_weight) + output_bias; // (B, V)

    private Tensor Pick(Tensor h, Tensor uniform, double temperature)
    {
        using var scope = NewDisposeScope();
        var cumulated = nn.functional.softmax(Logits(h) / temperature, 1).cumsum(1); // (B, V)
        // rounding may leave the last sum below 1
        return (cumulated <= uniform.unsqueeze(1)).sum(1).clamp_max_(Tokens - 1).MoveToOuterDisposeScope(); // (B)
    }
}
