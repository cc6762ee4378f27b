using ResearchKit.Data;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>The images (or sounds), labels and noise on which tests/peers/adversary.py trains the papers' networks: rows in order, again
/// and again.</summary>
internal sealed class ReplayedData(int latentSize, int classes = 0, bool areSounds = false) : IBatchSource, ILatentSource
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("resnet-gans.safetensors"));

    private const int Time = 4096;

    private long _noise;

    public int BatchSize => 4;

    public long BatchesPerEpoch => Reference["pixels"].shape[0] / BatchSize;

    public int Classes => classes;

    public SamplerPosition Position { get; set; }

    /// <summary>The first samples, as a network judges them, and their labels and noise.</summary>
    public static (Tensor Samples, Tensor Labels, Tensor Noise) First(int count, bool areSounds = false) =>
        (areSounds ? Sounds(arange(count)) : Images(arange(count)), Reference["labels"].narrow(0, 0, count),
            Reference["noise"].narrow(0, 0, count).to(ScalarType.Float64));

    public Batch Next()
    {
        var index = arange(BatchSize) + (Position.Batch % BatchesPerEpoch * BatchSize);
        Position = Position with { Batch = Position.Batch + 1 };
        return new Batch(areSounds ? Sounds(index) : Images(index), classes == 0 ? null : Reference["labels"].index_select(0, index));
    }

    public Tensor NextBatch(int count)
    {
        var rows = Reference["noise"];
        var index = (arange(count) + _noise).remainder(rows.shape[0]);
        _noise += count;
        return rows.index_select(0, index).narrow(1, 0, latentSize).to(ScalarType.Float64);
    }

    private static Tensor Images(Tensor index) => (Reference["pixels"].index_select(0, index).to(ScalarType.Float64) / 127.5) - 1;

    // Whole numbers by the formula of tests/peers/wavegan.py, shape (B, 1, T).
    private static Tensor Sounds(Tensor index)
    {
        var (t, i) = (arange(Time).unsqueeze(0), index.unsqueeze(1));
        var bytes = ((i * 37) + ((t * t).remainder(997) * (i + 1))).remainder(256);
        return (bytes.unsqueeze(1).to(ScalarType.Float64) / 127.5) - 1;
    }
}
