namespace ResearchKit.Models.Layers;

/// <summary>x above 0, a slope times x below (Maas et al., 2013): TorchSharp's layer, but with a native number that lives as long as the
/// layer.</summary>
/// <remarks>TorchSharp's own makes the number anew in every call and holds nothing of it, so a collection at the wrong moment can free it
/// under the operation; on a busy machine that ended trainings.</remarks>
internal sealed class LeakyReLU : nn.Module<Tensor, Tensor>
{
    private readonly Scalar _slope;
    private readonly bool _inPlace;

    /// <summary>Creates the layer.</summary>
    /// <param name="slope">The slope below 0.</param>
    /// <param name="inPlace">Whether the input may be overwritten.</param>
    public LeakyReLU(double slope, bool inPlace = false)
        : base(nameof(LeakyReLU))
    {
        _slope = slope;
        _inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _inPlace ? input.leaky_relu_(_slope).alias() : input.leaky_relu(_slope);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _slope.Dispose();
        }

        base.Dispose(disposing);
    }
}
