namespace ResearchKit.Data;

/// <summary>Fixed random triples of a set of grey digits, each triple the three channels of one image: data with 1,000 modes that can be
/// counted, from 000 to 999.</summary>
/// <remarks>
/// Srivastava et al. (VEEGAN), arXiv:1705.07761, section 4.2, after Metz et al., arXiv:1611.02163, section 3.3.1: 128,000 triples, drawn
/// once. Only the triples' indices are kept (24 bytes a triple) and images are stacked when they are asked for: all of them at once would
/// take 1.2 GB as float32. The digits are drawn with replacement, and each triple for itself, so the modes' true shares are products of the
/// classes' shares in the digit set. Deviation: the paper draws from MNIST's 60,000 digits; here from whatever set is given.
/// </remarks>
public sealed class StackedDigits : IDisposable
{
    /// <summary>How many triples the published protocol fixes.</summary>
    public const int PublishedCount = 128_000;

    /// <summary>Modes: triples of ten classes.</summary>
    public const int Modes = 1000;

    private const ulong Salt = 0xD1B54A32D192ED03UL;

    private readonly ImageSet _digits;
    private readonly Tensor _onDevice;

    /// <summary>Draws the triples; the digits stay the caller's and must live as long.</summary>
    /// <param name="digits">Grey images with labels from 0 to 9; batches come on their device.</param>
    /// <param name="count">How many triples, at least 1.</param>
    /// <param name="seed">Chooses the triples; on every device the same.</param>
    /// <exception cref="ArgumentException">The images have more than one channel, no labels, or labels that are no digits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public StackedDigits(ImageSet digits, int count = PublishedCount, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (digits.Channels != 1)
        {
            throw new ArgumentException($"Digits are stacked as channels, so they must be grey; {digits.Name} has {digits.Channels} " +
                $"channels.", nameof(digits));
        }

        if (digits.Labels is not { } labels)
        {
            throw new ArgumentException($"A triple is named after its digits, and {digits.Name} has no labels.", nameof(digits));
        }

        using var scope = NewDisposeScope();
        var (least, most) = (labels.min().item<long>(), labels.max().item<long>());
        if (least < 0 || most > 9)
        {
            throw new ArgumentException($"Digits have labels from 0 to 9; those of {digits.Name} go from {least} to {most}.",
                nameof(digits));
        }

        _digits = digits;
        using var random = new Generator(unchecked((ulong)seed) ^ Salt);
        Triples = randint(0, digits.Count, [count, 3], ScalarType.Int64, generator: random).DetachFromDisposeScope(); // (N, 3)
        var each = labels.cpu().index_select(0, Triples.flatten()).reshape(count, 3); // (N, 3)
        Labels = (each * tensor(new long[] { 100, 10, 1 })).sum(1).DetachFromDisposeScope(); // (N)
        _onDevice = Triples.to(digits.Images.device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name => $"triples of {_digits.Name}";

    /// <summary>The number of triples.</summary>
    public long Count => Triples.shape[0];

    /// <summary>Which digits each triple is made of: int64, shape (N, 3), rows of the digit set, on the CPU; owned by the set.</summary>
    public Tensor Triples { get; }

    /// <summary>int64, shape (N), from 0 to 999, on the CPU: hundreds are the first channel's digit, units the last one's; owned by the
    /// set.</summary>
    public Tensor Labels { get; }

    /// <summary>Stacks images and scales them for a network.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N); on any device.</param>
    /// <returns>float32, shape (B, 3, H, W), values in [-1, 1], on the digits' device. The caller disposes it.</returns>
    public Tensor Batch(Tensor indices)
    {
        using var scope = NewDisposeScope();
        var rows = _onDevice.index_select(0, indices.to(_onDevice.device)).flatten(); // (3 B)
        return _digits.Batch(rows).reshape(indices.shape[0], 3, _digits.Height, _digits.Width).MoveToOuterDisposeScope(); // (B, 3, H, W)
    }

    /// <summary>The first images, scaled for a network.</summary>
    /// <param name="count">How many; all of them where the set has fewer.</param>
    /// <returns>float32, shape (min(count, N), 3, H, W), values in [-1, 1]. The caller disposes it.</returns>
    public Tensor First(int count)
    {
        using var indices = arange(Math.Min(count, Count));
        return Batch(indices);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} of them, 3 x {_digits.Height} x {_digits.Width}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Triples.Dispose();
        Labels.Dispose();
        _onDevice.Dispose();
    }
}

/// <summary>Shuffled batches of <see cref="StackedDigits"/>, stacked when they are drawn: float32, shape (BatchSize, 3, H, W), values in
/// [-1, 1].</summary>
/// <param name="triples">The set, which stays the caller's; batches come on its digits' device.</param>
/// <param name="batchSize">Triples a batch, at most the set's count.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class StackedDigitBatches(StackedDigits triples, int batchSize, long seed) : SampledBatches(triples.Count, batchSize, seed)
{
    /// <inheritdoc/>
    protected override Batch Take(Tensor indices) => triples.Batch(indices);
}
