using ResearchKit.Data;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>The images (or sounds, lines, clips), labels and noise on which tests/peers/adversary.py trains the papers' networks: rows in
/// order, again and again.</summary>
internal sealed class ReplayedData(int latentSize, int classes = 0, SampleKind kind = SampleKind.Images) : IBatchSource, ILatentSource
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("resnet-gans.safetensors"));

    private const int Time = 4096;
    private const int Vocabulary = 7;
    private const int Places = 8;
    private const int Frames = 12;
    private const int Side = 32;

    private long _noise;

    public int BatchSize => 4;

    public long BatchesPerEpoch => Reference["pixels"].shape[0] / BatchSize;

    public int Classes => classes;

    public SamplerPosition Position { get; set; }

    /// <summary>The first samples, as a network judges them, and their labels and noise.</summary>
    public static (Tensor Samples, Tensor Labels, Tensor Noise) First(int count, SampleKind kind = SampleKind.Images) =>
        (Samples(arange(count), kind), Reference["labels"].narrow(0, 0, count),
            Noise.narrow(0, 0, count).to(ScalarType.Float64));

    public Batch Next()
    {
        var index = arange(BatchSize) + (Position.Batch % BatchesPerEpoch * BatchSize);
        Position = Position with { Batch = Position.Batch + 1 };
        return new Batch(Samples(index, kind), classes == 0 ? null : Reference["labels"].index_select(0, index));
    }

    public Tensor NextBatch(int count)
    {
        var rows = Noise;
        var index = (arange(count) + _noise).remainder(rows.shape[0]);
        _noise += count;
        return rows.index_select(0, index).narrow(1, 0, latentSize).to(ScalarType.Float64);
    }

    private static Tensor Samples(Tensor index, SampleKind kind) => kind switch
    {
        SampleKind.Sounds => Sounds(index), SampleKind.Clips => Clips(index), SampleKind.Lines => Lines(index), _ => Images(index),
    };

    // Of tests/peers/mocogan.py, whose z is longer: each row and behind it the one before.
    private static Tensor Noise => cat([Reference["noise"], Reference["noise"].roll(1, 0)], 1);

    private static Tensor Images(Tensor index) => (Reference["pixels"].index_select(0, index).to(ScalarType.Float64) / 127.5) - 1;

    // Whole numbers by the formula of tests/peers/wavegan.py, shape (B, 1, T).
    private static Tensor Sounds(Tensor index)
    {
        var (t, i) = (arange(Time).unsqueeze(0), index.unsqueeze(1));
        var bytes = ((i * 37) + ((t * t).remainder(997) * (i + 1))).remainder(256);
        return (bytes.unsqueeze(1).to(ScalarType.Float64) / 127.5) - 1;
    }

    // Likewise by that of tests/peers/mocogan.py, shape (B, 1, T, H, W).
    private static Tensor Clips(Tensor index)
    {
        var (i, t) = (index.reshape(-1, 1, 1, 1), arange(Frames).reshape(1, -1, 1, 1));
        var (y, x) = (arange(Side).reshape(1, 1, -1, 1), arange(Side));
        var bytes = ((i * 37) + (((t * t * (x + 1)) + (3 * y * y) + (x * y)).remainder(997) * (i + 1))).remainder(256);
        return (bytes.unsqueeze(1).to(ScalarType.Float64) / 127.5) - 1;
    }

    // Likewise by that of tests/peers/text.py, one-hot, shape (B, V, L).
    private static Tensor Lines(Tensor index)
    {
        var (place, i) = (arange(Places).unsqueeze(0), index.unsqueeze(1));
        var codes = ((i * 37) + (place * place * (i + 1))).remainder(Vocabulary); // (B, L)
        return nn.functional.one_hot(codes, Vocabulary).transpose(1, 2).to(ScalarType.Float64);
    }
}
