namespace ResearchKit.Models.Layers;

/// <summary>What the spectrally normalised convolutions share: their sizes.</summary>
public abstract class SpectralConvolution : SpectralLayer
{
    private protected SpectralConvolution(string name, Sizes sizes, long[] weightShape, int outputs = 0)
        : base(name, SpectralWeight.Draw(sizes.Check().HasBias ? sizes.Outputs : 0, weightShape), outputs) =>
            (Stride, Padding) = (sizes.Stride, sizes.Padding);

    private protected long Stride { get; }

    private protected long Padding { get; }

    private protected readonly record struct Sizes(long Inputs, long Outputs, long KernelSize, long Stride, long Padding, bool HasBias)
    {
        public Sizes Check()
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(Inputs, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(Outputs, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(KernelSize, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(Stride, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(Padding);
            return this;
        }
    }
}
