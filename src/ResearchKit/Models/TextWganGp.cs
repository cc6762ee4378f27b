using ResearchKit.Data.Text;
using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>A generator of lines of text.</summary>
public interface ITextGenerator
{
    /// <summary>The characters that its samples are made of.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Characters of each line, padding included.</summary>
    int Length { get; }
}

/// <summary>The character-level WGAN-GP generator: a linear layer, five residual blocks of 1-D convolutions, and a softmax over the
/// characters in each place.</summary>
/// <remarks>Gulrajani et al., arXiv:1704.00028, the language model, as in the authors' code: blocks x + 0.3 f(x) of two convolutions of 5
/// taps, each after a ReLU, no normalisation. The discriminator is given the probabilities; a line is read off them by the most probable
/// character of each place (<see cref="Vocabulary.Decode(Tensor)"/>). Weights of convolutions start as Glorot's uniform ones times sqrt(2),
/// those of linear layers without that factor, biases at 0. Deviations: none.</remarks>
public sealed class TextWganGpGenerator : LatentGenerator, ITextGenerator
{
    private readonly Linear linear;
    private readonly ModuleList<TextBlock> blocks;
    private readonly Conv1d output;

    /// <summary>Builds the network.</summary>
    /// <param name="vocabulary">The characters; V with the padding.</param>
    /// <param name="length">L, the characters of a line, at least 1.</param>
    /// <param name="features">C, the channels of all layers, at least 1.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public TextWganGpGenerator(Vocabulary vocabulary, int length = 32, int features = 512, int latentSize = 128)
        : base(nameof(TextWganGpGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Vocabulary, Length, Features) = (vocabulary, length, features);
        linear = nn.Linear(latentSize, features * length);
        blocks = TextBlock.Several(features);
        output = nn.Conv1d(features, vocabulary.Count, 1);
        RegisterComponents();
        GlorotWeights.Draw(this, Math.Sqrt(2));
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <summary>C: the channels of all layers.</summary>
    public int Features { get; }

    /// <summary>Turns latent vectors into lines.</summary>
    /// <param name="input">z, standard normal, shape (B, LatentSize).</param>
    /// <returns>Shape (B, V, L): the probability of each character in each place.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = linear.call(input).reshape(input.shape[0], Features, Length); // (B, C, L)
        h = blocks.Aggregate(h, (x, block) => block.call(x)); // (B, C, L)
        return nn.functional.softmax(output.call(h), 1).MoveToOuterDisposeScope(); // (B, V, L)
    }
}

/// <summary>The character-level WGAN-GP critic: a 1-D convolution of one tap, five residual blocks, and a linear layer.</summary>
/// <remarks>Gulrajani et al., arXiv:1704.00028, the language model, as in the authors' code; blocks and weights as in
/// <see cref="TextWganGpGenerator"/>. Deviations: none.</remarks>
public sealed class TextWganGpDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly Conv1d input_layer;
    private readonly ModuleList<TextBlock> blocks;
    private readonly Linear linear;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">V, the characters with the padding; m V for packs of m lines. At least 1.</param>
    /// <param name="length">L, the characters of a line, at least 1.</param>
    /// <param name="features">C, the channels of all layers, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public TextWganGpDiscriminator(int channels, int length = 32, int features = 512)
        : base(nameof(TextWganGpDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        input_layer = nn.Conv1d(channels, features, 1);
        blocks = TextBlock.Several(features);
        linear = nn.Linear(features * length, 1);
        RegisterComponents();
        GlorotWeights.Draw(this, Math.Sqrt(2));
    }

    /// <summary>Scores lines.</summary>
    /// <param name="input">Shape (B, V, L): one-hot, probabilities, or points between.</param>
    /// <returns>Logits, shape (B).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = blocks.Aggregate(input_layer.call(input), (x, block) => block.call(x)); // (B, C, L)
        return linear.call(h.flatten(1)).reshape(input.shape[0]).MoveToOuterDisposeScope(); // (B)
    }
}

/// <summary>x + 0.3 f(x), f two convolutions of 5 taps that keep the shape, each after a ReLU.</summary>
internal sealed class TextBlock : nn.Module<Tensor, Tensor>
{
    public const int Taps = 5;
    private const int Count = 5;
    private const double Weight = 0.3;

    private readonly Conv1d conv1;
    private readonly Conv1d conv2;

    private TextBlock(int features)
        : base(nameof(TextBlock))
    {
        (conv1, conv2) = (Convolution(), Convolution());
        RegisterComponents();

        Conv1d Convolution() => nn.Conv1d(features, features, Taps, padding: Taps / 2);
    }

    /// <summary>The blocks of a network.</summary>
    public static ModuleList<TextBlock> Several(int features) =>
        nn.ModuleList([.. Enumerable.Range(0, Count).Select(_ => new TextBlock(features))]);

    /// <summary>Numbers in the weights of these blocks' convolutions, one after the other.</summary>
    public static IEnumerable<double> WeightSizes(int features) => Enumerable.Repeat((double)Taps * features * features, 2 * Count);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = conv2.call(conv1.call(input.relu()).relu()); // (B, C, L)
        return (input + (Weight * h)).MoveToOuterDisposeScope();
    }
}

/// <summary>Both networks in the register, and the generator in a file.</summary>
internal static class TextWganGp
{
    public static Architecture Architecture { get; } = new("text-wgan-gp", "Gulrajani et al., arXiv:1704.00028",
        "lines of text, characters one-hot; features is the width of all layers (512 by itself), z has 128 numbers", SampleKind.Lines,
        (options, shape) => (
            new TextWganGpGenerator(shape.Vocabulary!, shape.Size, options.Features ?? 512, options.Latent ?? 128),
            new TextWganGpDiscriminator(shape.Vocabulary!.Count * options.Pack, shape.Size, options.Features ?? 512)))
    {
        Example = (new NetworkOptions(), 32),
        File = GeneratorFormat.Of((TextWganGpGenerator g) => new Values(g.Vocabulary.Characters, g.Length, g.Features, g.LatentSize)
        {
            Padded = g.Vocabulary.IsPadded ? null : false,
        }),
    };

    private sealed record Values(string Vocabulary, int Length, int Features, int LatentSize) : GeneratorValues
    {
        public bool? Padded { get; init; }

        public override LatentGenerator Build() =>
            new TextWganGpGenerator(new Vocabulary(Vocabulary, Padded ?? true), Length, Features, LatentSize);

        public override IEnumerable<double> WeightSizes() => TextBlock.WeightSizes(Features)
            .Prepend((double)LatentSize * Features * Length).Append((double)Features * Vocabulary.EnumerateRunes().Count());
    }
}
