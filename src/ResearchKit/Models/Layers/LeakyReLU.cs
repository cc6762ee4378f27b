namespace ResearchKit.Models.Layers;

/// <summary>x above 0, a slope times x below (Maas et al., 2013): TorchSharp's layer, with a native number that lives as long as
/// it.</summary>
/// <remarks>TorchSharp's own makes the number anew in every call and holds nothing of it, so a collection at the wrong moment can free it
/// under the operation; on a busy machine that ended trainings.</remarks>
internal sealed class LeakyReLU(double slope, bool inPlace = false) : nn.Module<Tensor, Tensor>(nameof(LeakyReLU))
{
    private readonly Scalar _slope = slope;

    public double Slope { get; } = slope;

    public override Tensor forward(Tensor input) => inPlace ? input.leaky_relu_(_slope).alias() : input.leaky_relu(_slope);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _slope.Dispose();
        }

        base.Dispose(disposing);
    }
}
