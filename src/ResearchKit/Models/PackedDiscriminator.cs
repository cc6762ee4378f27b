namespace ResearchKit.Models;

/// <summary>A discriminator that judges m samples together, which shows it that a generator repeats itself.</summary>
/// <remarks>Lin et al., PacGAN, arXiv:1712.04086, section 2: the network's first layer takes m times the channels (or numbers), everything
/// else stays. The paper's trainer shows D m times as many samples as it gives logits: a batch of B samples makes B/m packs of consecutive
/// ones. Deviations: none.</remarks>
public sealed class PackedDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> network;

    /// <summary>Wraps a network, which becomes part of this one.</summary>
    /// <param name="network">A discriminator built for m times the channels of an image, or m times the numbers of a point.</param>
    /// <param name="pack">m, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pack is below 2.</exception>
    public PackedDiscriminator(nn.Module<Tensor, Tensor> network, int pack)
        : base(nameof(PackedDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pack, 2);
        this.network = network;
        Pack = pack;
        RegisterComponents();
    }

    /// <summary>m.</summary>
    public int Pack { get; }

    /// <summary>How many samples a discriminator judges together: the m of the packing within it, 1 without any.</summary>
    internal static int PackOf(nn.Module discriminator) =>
        (discriminator as PackedDiscriminator ?? discriminator.modules().OfType<PackedDiscriminator>().FirstOrDefault())?.Pack ?? 1;

    /// <summary>Scores packs.</summary>
    /// <param name="input">Shape (B, C, H, W) or (B, D); m consecutive samples are a pack.</param>
    /// <returns>Logits, shape (B/m).</returns>
    /// <exception cref="ArgumentException">B is no multiple of m.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.shape[0] % Pack != 0)
        {
            throw new ArgumentException($"A batch of {input.shape[0]} samples cannot be cut into packs of {Pack}: make the batch a " +
                $"multiple of it.", nameof(input));
        }

        using var packs = input.reshape([input.shape[0] / Pack, input.shape[1] * Pack, .. input.shape[2..]]); // (B/m, m C, H, W)
        return network.call(packs); // (B/m)
    }
}
