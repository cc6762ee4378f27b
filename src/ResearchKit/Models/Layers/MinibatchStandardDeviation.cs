namespace ResearchKit.Models.Layers;

/// <summary>Shows a discriminator how much the samples of a batch differ: their standard deviation, as one more channel.</summary>
/// <remarks>Karras et al., arXiv:1710.10196, section 3: the standard deviation of each value over the samples, averaged over all values. As
/// in StyleGAN2's code (arXiv:1912.04958) it is taken over groups of samples, sqrt(variance + 1e-8) with the biased variance, and sample i
/// of B is in group i mod (B / group). Deviations: none from it. The logit of a sample then depends on its whole group.</remarks>
public sealed class MinibatchStandardDeviation : nn.Module<Tensor, Tensor>
{
    private readonly long _features;

    /// <summary>Creates the layer, which has no weights.</summary>
    /// <param name="group">Samples that are compared with each other, at least 2; 4 in StyleGAN2's paper. A smaller batch is one
    /// group.</param>
    /// <param name="features">Channels to add, F: each is the average over its share of the input's channels. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The group is below 2, or the features are below 1.</exception>
    public MinibatchStandardDeviation(int group = 4, int features = 1)
        : base(nameof(MinibatchStandardDeviation))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        Group = group >= 2 ? group
            : throw new ArgumentOutOfRangeException(nameof(group), group, "There must be at least 2 samples to compare.");
        _features = features;
        RegisterComponents();
    }

    /// <summary>Samples that are compared with each other.</summary>
    public int Group { get; }

    /// <summary>Adds the channels.</summary>
    /// <param name="input">Shape (B, C, H, W) or (B, D).</param>
    /// <returns>Shape (B, C + F, H, W) or (B, D + F): the input, then its deviations.</returns>
    /// <exception cref="ArgumentException">B is no multiple of the group, or C (D) none of F.</exception>
    public override Tensor forward(Tensor input)
    {
        var (samples, channels) = (input.shape[0], input.shape[1]);
        var group = Math.Min(Group, samples);
        var problem = samples % group != 0
            ? $"A batch of {samples} samples cannot be cut into groups of {group} to compare: make the batch a multiple of it."
            : channels % _features == 0 ? null
            : $"{channels} channels cannot be shared between {_features} deviations: make the features a divisor of them.";
        if (problem is not null)
        {
            throw new ArgumentException(problem, nameof(input));
        }

        using var scope = NewDisposeScope();
        var groups = input.reshape(group, samples / group, _features, -1); // (group, n, F, C/F H W)
        var variance = (groups - groups.mean([0], keepdim: true)).square().mean([0]); // (n, F, C/F H W)
        var deviation = (variance + 1e-8).sqrt().mean([2]).repeat(group, 1); // (B, F); equal samples have a finite gradient
        long[] flat = [samples, _features, .. Enumerable.Repeat(1L, input.shape.Length - 2)];
        long[] shape = [samples, _features, .. input.shape[2..]];
        return cat([input, deviation.reshape(flat).expand(shape)], 1).MoveToOuterDisposeScope(); // (B, C + F, H, W)
    }
}
