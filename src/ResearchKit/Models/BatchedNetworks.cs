namespace ResearchKit.Models;

/// <summary>S generators of one shape, fully connected or of convolutions, as one network: every weight has a leading dimension of S, so
/// that one call of a layer serves all of them.</summary>
/// <remarks>Rows are batch by batch: row b S + s is sample b of network s. What one network computes does not depend on the others, NaN
/// included. The single networks stay as they were until <see cref="CopyBack"/>.</remarks>
public sealed class BatchedGenerator : LatentGenerator
{
    private readonly BatchedLayers main;

    /// <summary>Stacks networks, which stay the caller's.</summary>
    /// <param name="networks">At least one; of one shape, on one device.</param>
    /// <exception cref="ArgumentException">A network is of a kind, or has a layer, that has no batched form; or two differ.</exception>
    public BatchedGenerator(IReadOnlyList<LatentGenerator> networks)
        : base(nameof(BatchedGenerator), networks[0].LatentSize)
    {
        main = new BatchedLayers(networks);
        RegisterComponents();
    }

    /// <summary>S.</summary>
    public int Count => main.Count;

    /// <summary>Generates samples of every network.</summary>
    /// <param name="input">z, shape (B S, LatentSize).</param>
    /// <returns>Shape (B S, D), of images (B S, C, H, W).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (main.IsOfMaps)
        {
            var maps = main.call(input.reshape(-1, Count * LatentSize, 1, 1)); // (B, S C, H, W)
            return maps.reshape(input.shape[0], -1, maps.shape[2], maps.shape[3]).MoveToOuterDisposeScope();
        }

        var z = input.reshape(-1, Count, LatentSize).transpose(0, 1); // (S, B, Z)
        return main.call(z).transpose(0, 1).flatten(0, 1).MoveToOuterDisposeScope(); // (B S, D)
    }

    /// <summary>Puts a network's weights and statistics, as they are now, into the single network that it was stacked from.</summary>
    /// <param name="seed">Which, from 0.</param>
    public void CopyBack(int seed) => main.CopyBack(seed);
}

/// <summary>S discriminators as one network, likewise; packed ones too.</summary>
public sealed class BatchedDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly BatchedLayers main;

    /// <inheritdoc cref="BatchedGenerator(IReadOnlyList{LatentGenerator})"/>
    public BatchedDiscriminator(IReadOnlyList<nn.Module<Tensor, Tensor>> networks)
        : base(nameof(BatchedDiscriminator))
    {
        main = new BatchedLayers(networks);
        Pack = PackedDiscriminator.PackOf(networks[0]);
        IsSampleWise = SampleWise.Holds(networks[0]);
        RegisterComponents();
    }

    /// <summary>S.</summary>
    public int Count => main.Count;

    /// <summary>Samples that are judged together.</summary>
    public int Pack { get; }

    /// <summary>Whether each of the networks judges each sample alone.</summary>
    internal bool IsSampleWise { get; }

    /// <summary>Scores samples, each by its own network.</summary>
    /// <param name="input">Shape (B S, D), of images (B S, C, H, W).</param>
    /// <returns>Logits, shape (B/m S) for packs of m consecutive samples of a network.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (main.IsOfMaps)
        {
            var packs = input.reshape([-1, Pack, Count, .. input.shape[1..]]).transpose(1, 2); // (B/m, S, m, C, H, W)
            return main.call(packs.flatten(1, 3)).flatten().MoveToOuterDisposeScope(); // of (B/m, S, 1, 1)
        }

        var x = input.reshape(-1, Pack, Count, input.shape[1]).permute(2, 0, 1, 3).flatten(2, 3); // (S, B/m, m D)
        return main.call(x).squeeze(2).transpose(0, 1).flatten().MoveToOuterDisposeScope(); // (B/m S)
    }

    /// <inheritdoc cref="BatchedGenerator.CopyBack"/>
    public void CopyBack(int seed) => main.CopyBack(seed);
}
