using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Puts the batch normalisation of evaluation mode into the layer before it: gain (y - mean) / sqrt(variance + eps) + shift of a
/// linear y is linear too.</summary>
internal static class BatchNormFolding
{
    /// <summary>The weight and the bias of both together, computed in float64.</summary>
    /// <param name="weight">Outputs along <paramref name="axis"/>, O of them.</param>
    /// <param name="bias">Shape (O); null for 0.</param>
    /// <param name="axis">Where the outputs are.</param>
    /// <param name="gain">Shape (O); null for 1.</param>
    /// <param name="shift">Shape (O); null for 0.</param>
    /// <param name="mean">The running mean, shape (O).</param>
    /// <param name="variance">The running variance, shape (O).</param>
    /// <param name="epsilon">Added to it.</param>
    /// <returns>Float64, in the current dispose scope.</returns>
    public static (Tensor Weight, Tensor Bias) Together(Tensor weight, Tensor? bias, int axis, Tensor? gain, Tensor? shift, Tensor mean,
        Tensor variance, double epsilon)
    {
        var factor = (Double(variance) + epsilon).rsqrt(); // (O)
        factor = gain is null ? factor : Double(gain) * factor;
        var shape = weight.shape.Select((_, i) => i == axis ? -1L : 1).ToArray();
        var offset = (bias is null ? -Double(mean) : Double(bias) - Double(mean)) * factor; // (O)
        return (Double(weight) * factor.reshape(shape), shift is null ? offset : offset + Double(shift));

        static Tensor Double(Tensor x) => x.to(ScalarType.Float64);
    }

    /// <summary>Changes a layer so that it does what it and the normalisation after it do in evaluation mode.</summary>
    /// <returns>False where the layer is no convolution or linear layer of one group, or the normalisation keeps no running values; then
    /// nothing has changed.</returns>
    public static bool Fold(nn.Module layer, BatchNorm norm)
    {
        if (norm.running_mean is null || norm.running_var is null)
        {
            return false;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        switch (layer)
        {
            case Convolution { groups: 1 } c:
                var (weight, bias) = Together(c.weight, c.bias, c.transposed ? 1 : 0);
                (c.weight, c.bias) = (Like(weight, c.weight), Like(bias, c.weight));
                return true;
            case Linear l:
                (weight, bias) = Together(l.weight!, l.bias, 0);
                (l.weight, l.bias) = (Like(weight, l.weight!), Like(bias, l.weight!));
                return true;
            default:
                return false;
        }

        (Tensor Weight, Tensor Bias) Together(Tensor weight, Tensor? bias, int axis) => BatchNormFolding.Together(weight, bias, axis,
            norm.weight, norm.bias, norm.running_mean, norm.running_var, norm.eps);

        static Parameter Like(Tensor numbers, Tensor other) => EqualizedWeights.Keep(numbers.to(other.dtype, copy: true));
    }
}
