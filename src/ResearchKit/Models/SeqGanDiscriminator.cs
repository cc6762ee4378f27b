using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>SeqGAN's discriminator, a convolutional classifier of lines: an embedding, filters of many widths, of each its greatest answer
/// anywhere in the line, a highway layer, dropout, and a linear layer.</summary>
/// <remarks>Yu et al., arXiv:1609.05473, as in the authors' code (discriminator.py, after Kim, arXiv:1408.5882): 64 numbers in an
/// embedding, filters over 1 to 10, 15 and 20 places (100, four times 200, five times 100, twice 160), those of them that the length has
/// room for, dropout 0.25; embeddings uniform on [-1, 1], filters and the last layer normal with deviation 0.1 cut off at 0.2, their biases
/// 0.1, the highway's parameters Glorot's uniform ones. Deviations: one logit in place of a softmax over two, which says the same; the last
/// layer has no L2 penalty (0.2 in the authors' code).</remarks>
public sealed class SeqGanDiscriminator : nn.Module<Tensor, Tensor>
{
    /// <summary>The authors' number of filters of each of the widths 2 to 5.</summary>
    public const int OwnFilters = 200;

    private const int Embedding = 64;
    private const double Deviation = 0.1;
    private const double CutOff = 2;
    private const double Dropped = 0.25;

    // Places and filters of the authors.
    private static readonly (int Places, int Filters)[] Widths =
    [
        (1, 100), (2, 200), (3, 200), (4, 200), (5, 200), (6, 100), (7, 100), (8, 100), (9, 100), (10, 100), (15, 160), (20, 160),
    ];

    private readonly Conv1d embed;
    private readonly ModuleList<Conv1d> convs;
    private readonly Linear highway;
    private readonly Linear gate;
    private readonly Dropout dropout;
    private readonly Linear output;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">V, the tokens with the padding; m V for packs of m lines. At least 1.</param>
    /// <param name="length">L, at least 1.</param>
    /// <param name="filters">Filters of each of the widths 2 to 5, at least 1; those of the other widths are as many in
    /// proportion.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SeqGanDiscriminator(int channels, int length = 20, int filters = OwnFilters)
        : base(nameof(SeqGanDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        embed = nn.Conv1d(channels, Embedding, 1, bias: false);
        convs = nn.ModuleList([.. Widths.Where(w => w.Places <= length)
            .Select(w => nn.Conv1d(Embedding, Math.Max(1, w.Filters * filters / OwnFilters), w.Places))]);
        var found = convs.Sum(c => c.weight!.shape[0]);
        highway = nn.Linear(found, found);
        gate = nn.Linear(found, found);
        dropout = nn.Dropout(Dropped);
        output = nn.Linear(found, 1);
        RegisterComponents();
        Draw();
    }

    /// <summary>Scores lines.</summary>
    /// <param name="input">Shape (B, V, L): one-hot, probabilities, or points between.</param>
    /// <returns>Logits, shape (B).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = embed.call(input); // (B, 64, L)
        var found = cat([.. convs.Select(conv => conv.call(h).amax([2]).relu())], 1); // (B, F): relu and max change places freely
        var open = gate.call(found).sigmoid(); // (B, F)
        var mixed = (open * highway.call(found).relu()) + ((1 - open) * found); // (B, F)
        return output.call(dropout.call(mixed)).reshape(input.shape[0]).MoveToOuterDisposeScope(); // (B)
    }

    private void Draw()
    {
        using var noGrad = no_grad();
        nn.init.uniform_(embed.weight!, -1, 1);
        foreach (var (weight, bias) in (IEnumerable<(Parameter, Parameter)>)
            [.. convs.Select(c => (c.weight!, c.bias!)), (output.weight!, output.bias!)])
        {
            using var whole = randn_like(weight);
            using var near = NormalLatents.Truncate(whole, CutOff); // TorchSharp's trunc_normal_ gives one number everywhere
            weight.copy_(near).mul_(Deviation);
            nn.init.constant_(bias, Deviation);
        }

        foreach (var layer in (Linear[])[highway, gate])
        {
            nn.init.xavier_uniform_(layer.weight!);
            var bound = Math.Sqrt(3.0 / layer.bias!.shape[0]); // as many in as out
            nn.init.uniform_(layer.bias!, -bound, bound);
        }
    }
}
