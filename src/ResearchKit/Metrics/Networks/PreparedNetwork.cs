namespace ResearchKit.Metrics.Networks;

/// <summary>A feature network that gets its images prepared in another way than its own.</summary>
internal sealed class PreparedNetwork(IFeatureNetwork inner, ImagePreparation preparation) : IFeatureNetwork
{
    public string Name => inner.Name;

    public string Sha256 => inner.Sha256;

    public ImagePreparation Preparation => preparation;

    public int Width => inner.Width;

    public (Tensor Features, Tensor? Logits) Extract(Tensor prepared) => inner.Extract(prepared);

    public void Dispose() => inner.Dispose();
}
