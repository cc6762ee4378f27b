using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>A generator of sounds.</summary>
public interface ISoundGenerator
{
    /// <summary>Samples of each sound.</summary>
    int Length { get; }

    /// <summary>Samples a second that it was trained for.</summary>
    int Rate { get; }
}

/// <summary>The WaveGAN generator: a linear layer, then transposed 1-D convolutions of 25 taps that quadruple the length.</summary>
/// <remarks>Donahue, McAuley and Puckette, arXiv:1802.04208, table 3, as in the authors' code (16,384 samples: 19,065,345 parameters by
/// itself): ReLU between the layers, tanh at the end, no normalisation, Glorot's uniform weights, biases 0. Its z is uniform on [-1, 1] in
/// every number. The kit's z are standard normal, so the network first turns each number into its place in that distribution, 2 P(z) - 1,
/// which is uniform: <c>erf(z / sqrt 2)</c>. Deviations: the order of the linear layer's outputs; 4,096 samples, which the authors do not
/// have, leave out one quadrupling.</remarks>
public sealed class WaveGanGenerator : LatentGenerator, ISoundGenerator, IInferenceForm
{
    private readonly Linear linear;
    private readonly ModuleList<ConvTranspose1d> layers;
    private List<nn.Module<Tensor, Tensor>> _path; // the layers as they are called

    /// <summary>Builds the network.</summary>
    /// <param name="length">Samples of a sound: 4,096, 16,384 or 65,536.</param>
    /// <param name="features">Channels of the last hidden layer (d in the paper), at least 1; each layer before has twice as many.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <param name="rate">Samples a second that it is trained for, at least 1: files of its sounds carry it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is another, or a number is too small.</exception>
    public WaveGanGenerator(int length = 16384, int features = 64, int latentSize = 100, int rate = 16000)
        : base(nameof(WaveGanGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        (Length, Features, Rate) = (length, features, rate);
        int[] widths = [.. WaveGan.Widths(length, features).Reverse(), 1];
        linear = nn.Linear(latentSize, widths[0] * WaveGan.Shortest);
        layers = nn.ModuleList([.. widths.Zip(widths[1..], (inputs, outputs) =>
            nn.ConvTranspose1d(inputs, outputs, WaveGan.Taps, stride: WaveGan.Stride, padding: WaveGan.Before))]);
        _path = [.. layers];
        RegisterComponents();
        GlorotWeights.Draw(this); // as TensorFlow does by itself
    }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public int Rate { get; }

    /// <summary>Channels of the last hidden layer.</summary>
    public int Features { get; }

    /// <summary>Turns latent vectors into sounds.</summary>
    /// <param name="input">z, standard normal, shape (B, LatentSize).</param>
    /// <returns>Shape (B, 1, T), values in [-1, 1].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var uniform = (input / Math.Sqrt(2)).erf(); // (B, Z)
        var h = linear.call(uniform).reshape(input.shape[0], -1, WaveGan.Shortest); // (B, C, 16)
        foreach (var layer in _path)
        {
            var time = h.shape[2] * WaveGan.Stride;
            h = layer.call(h.relu()).narrow(2, 0, time); // (B, C / 2, 4 T): of 4 T + 1 the last is cut off, as TensorFlow's SAME does
        }

        return h.tanh().MoveToOuterDisposeScope(); // (B, 1, T)
    }

    bool IInferenceForm.MakeDense()
    {
        _path = [.. layers.Select(layer => new SubpixelConvTranspose1d(layer))];
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _path.ForEach(layer => layer.Dispose()); // they may be no children
        }

        base.Dispose(disposing);
    }
}

/// <summary>The WaveGAN discriminator: strided 1-D convolutions of 25 taps, leaky ReLU and phase shuffle, then a linear layer.</summary>
/// <remarks>Donahue, McAuley and Puckette, arXiv:1802.04208, table 4, as in the authors' code (16,384 samples: 17,427,969 parameters by
/// itself): leaky ReLU of 0.2, <see cref="PhaseShuffle"/> after each convolution but the last, no normalisation, Glorot's uniform weights,
/// biases 0. Deviations: the order of the linear layer's inputs.</remarks>
public sealed class WaveGanDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv1d> layers;
    private readonly PhaseShuffle? shuffle;
    private readonly Linear linear;

    /// <summary>Builds the network.</summary>
    /// <param name="length">Samples of a sound: 4,096, 16,384 or 65,536.</param>
    /// <param name="features">Channels of the first layer (d in the paper), at least 1; each layer after has twice as many.</param>
    /// <param name="phaseShuffle">The greatest shift of <see cref="PhaseShuffle"/>, 2 in the paper; 0 for none.</param>
    /// <param name="channels">Channels of what it judges: 1, or m for packs of m sounds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is another, or a number is too small.</exception>
    public WaveGanDiscriminator(int length = 16384, int features = 64, int phaseShuffle = 2, int channels = 1)
        : base(nameof(WaveGanDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        int[] widths = [channels, .. WaveGan.Widths(length, features)];
        layers = nn.ModuleList([.. widths.Zip(widths[1..], (inputs, outputs) =>
            nn.Conv1d(inputs, outputs, WaveGan.Taps, stride: WaveGan.Stride))]);
        shuffle = phaseShuffle == 0 ? null : new PhaseShuffle(phaseShuffle);
        linear = nn.Linear(widths[^1] * WaveGan.Shortest, 1);
        RegisterComponents();
        GlorotWeights.Draw(this); // as TensorFlow does by itself
    }

    /// <summary>Scores sounds.</summary>
    /// <param name="input">Shape (B, 1, T), values in [-1, 1].</param>
    /// <returns>Logits, shape (B).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = input;
        foreach (var (i, layer) in layers.Index())
        {
            h = nn.functional.pad(h, [WaveGan.Before, WaveGan.After]); // TensorFlow's SAME
            h = nn.functional.leaky_relu(layer.call(h), 0.2); // (B, 2 C, T / 4)
            h = shuffle is null || i == layers.Count - 1 ? h : shuffle.call(h);
        }

        return linear.call(h.flatten(1)).reshape(input.shape[0]).MoveToOuterDisposeScope(); // (B)
    }
}

/// <summary>What both networks share.</summary>
internal static class WaveGan
{
    public const int Taps = 25;
    public const int Stride = 4;

    /// <summary>Places of the shortest feature map.</summary>
    public const int Shortest = 16;

    /// <summary>Zeros before and after, so that a convolution divides the length by the stride.</summary>
    public const int Before = (Taps - Stride) / 2;

    /// <summary>Likewise.</summary>
    public const int After = Taps - Stride - Before;

    private static readonly int[] Lengths = [4096, 16384, 65536];

    public static Architecture Architecture { get; } = new("wavegan", "Donahue et al., arXiv:1802.04208",
        "sounds of 4,096, 16,384 or 65,536 samples; features is the width of the outer layers (64 by itself), z has 100 numbers, " +
            "phaseShuffle is 2", SampleKind.Sounds,
        (options, shape) => (
            new WaveGanGenerator(shape.Size, options.Features ?? 64, options.Latent ?? 100, shape.Rate),
            new WaveGanDiscriminator(shape.Size, options.Features ?? 64, options.PhaseShuffle ?? 2, options.Pack)),
        (_, shape) => Lengths.Contains(shape.Size) ? null
            : $"A WaveGAN makes sounds of 4096, 16384 or 65536 samples, not {shape.Size}: choose one of these with --size (imageSize).")
    {
        Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.PhaseShuffle)],
        Example = (new NetworkOptions(), 16384),
        File = GeneratorFormat.Of((WaveGanGenerator g) => new WaveGanValues(g.Length, g.Features, g.LatentSize, g.Rate)),
    };

    /// <summary>Channels of the layers, from the sound's side inwards.</summary>
    public static int[] Widths(int length, int features) => Lengths.Contains(length)
        ? [.. Enumerable.Range(0, int.Log2(length / Shortest) / 2).Select(i => features << i)]
        : throw new ArgumentOutOfRangeException(nameof(length), length, "A WaveGAN makes sounds of 4096, 16384 or 65536 samples.");

    private sealed record WaveGanValues(int Length, int Features, int LatentSize, int Rate) : GeneratorValues
    {
        public override LatentGenerator Build() => new WaveGanGenerator(Length, Features, LatentSize, Rate);

        public override IEnumerable<double> WeightSizes()
        {
            double[] widths = [.. Widths(Length, 1).Reverse().Select(w => (double)w * Features), 1];
            return widths.Zip(widths[1..], (inputs, outputs) => inputs * outputs * Taps).Prepend(LatentSize * widths[0] * Shortest);
        }
    }
}
