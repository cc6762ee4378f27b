using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>The network of the FID and of the Inception Score: Inception of 2015 with 1,008 classes, up to its last pooling (2,048
/// features), and its logits without their bias.</summary>
/// <remarks>
/// Szegedy et al., arXiv:1512.00567, as the TensorFlow graph of 2015-12-05 has it, in the layout of github.com/mseitzer/pytorch-fid:
/// average pooling leaves the border out of its count, and the last block pools by the maximum. Its file of weights is read, and named
/// <c>inception</c>, where the SHA-256 is that of the published one; any other weights are named so. Batch normalisation is folded into the
/// convolutions.
/// </remarks>
internal sealed class InceptionFeatures : IFeatureNetwork
{
    /// <summary>SHA-256 of the published weights.</summary>
    public const string WeightsSha256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2";

    /// <summary>The name of the published weights' network in results.</summary>
    public const string OfficialName = "inception";

    private const string FileName = "pt_inception-2015-12-05-6726825d.pth";
    private const string Address = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/" + FileName;
    private const double Epsilon = 1e-3;

    private readonly Dictionary<string, FoldedConvolution> _convolutions;
    private readonly Tensor _classes; // (1008, 2048)
    private readonly Device _device;

    private InceptionFeatures(TensorCollection weights, string sha256, ImageResizer resizer, Device device)
    {
        (Sha256, _device) = (sha256, device);
        Name = sha256 == WeightsSha256 ? OfficialName : "inception, other weights";
        // pytorch-fid divides by 127.5 where TensorFlow's graph has 128
        double[] divisor = resizer.Name == "legacy_pytorch" ? [127.5] : [128];
        Preparation = new ImagePreparation(299, 3, resizer, divisor, Offset: [1]);
        _convolutions = weights.Where(t => t.Key.EndsWith(".conv.weight", StringComparison.Ordinal))
            .ToDictionary(t => t.Key[..^".conv.weight".Length], t => Folded(weights, t.Key[..^".conv.weight".Length]));
        _classes = weights["fc.weight"].to(ScalarType.Float32).to(device, copy: true).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public ImagePreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => (int)_classes.shape[1];

    /// <summary>Loads the network.</summary>
    /// <param name="file">A state dict in the layout of pytorch-fid: a <c>.pth</c> or a safetensors file; null for the published one where
    /// PyTorch's hub keeps it.</param>
    /// <param name="resizer">How images are brought to 299 x 299; null for <c>legacy_tf</c>.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="DataFileException">The file is missing, damaged or of another network.</exception>
    public static InceptionFeatures Load(string? file, ImageResizer? resizer, Device device)
    {
        file ??= FeatureNetworks.HubFile(FileName);
        if (!File.Exists(file))
        {
            throw new DataFileException(file, $"the weights of inception are not here; get {Address} (95,628,359 bytes) and name the " +
                "file with --weights, or choose another network.");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var weights = FeatureNetworks.ReadWeights(file);
        try
        {
            resizer ??= ImageResizers.All.Find("legacy_tf");
            var network = new InceptionFeatures(weights, DataCatalog.Sha256Of(file), resizer, device);
            network.Extract(zeros(1, 3, 75, 75)); // whatever is missing or of another shape is found here
            return network;
        }
        catch (Exception e) when (e is KeyNotFoundException or ArgumentException or System.Runtime.InteropServices.ExternalException)
        {
            throw new DataFileException(file, "its tensors are not those of Inception in pytorch-fid's layout " +
                $"({e.Message.Split('\n')[0].TrimEnd('.')}); take {Address}.", e);
        }
    }

    /// <inheritdoc/>
    public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        TensorFloat32.Use(false, _device); // a protocol says float32
        var features = BatchParts.Run(prepared.to(_device), Forward); // (B, 2048)
        return (features.to(CPU).MoveToOuterDisposeScope(), features.matmul(_classes.t()).to(CPU).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var convolution in _convolutions.Values)
        {
            convolution.Dispose();
        }

        _classes.Dispose();
    }

    private Tensor Forward(Tensor images)
    {
        var x = C(images, "Conv2d_1a_3x3", stride: 2); // (B, 32, 149, 149)
        x = C(x, "Conv2d_2a_3x3", isPadded: false); // (B, 32, 147, 147)
        x = MaxPool(C(x, "Conv2d_2b_3x3")); // (B, 64, 73, 73)
        x = C(x, "Conv2d_3b_1x1"); // (B, 80, 73, 73)
        x = MaxPool(C(x, "Conv2d_4a_3x3", isPadded: false)); // (B, 192, 35, 35)
        foreach (var block in (string[])["Mixed_5b", "Mixed_5c", "Mixed_5d"]) // (B, 256 or 288, 35, 35)
        {
            x = cat([C(x, $"{block}.branch1x1"), Chain(x, $"{block}.branch5x5", 2), Chain(x, $"{block}.branch3x3dbl", 3),
                C(AveragePool(x), $"{block}.branch_pool")], 1);
        }

        x = cat([C(x, "Mixed_6a.branch3x3", stride: 2), C(Chain(x, "Mixed_6a.branch3x3dbl", 2), "Mixed_6a.branch3x3dbl_3", stride: 2),
            MaxPool(x)], 1); // (B, 768, 17, 17)
        foreach (var block in (string[])["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"])
        {
            x = cat([C(x, $"{block}.branch1x1"), Chain(x, $"{block}.branch7x7", 3), Chain(x, $"{block}.branch7x7dbl", 5),
                C(AveragePool(x), $"{block}.branch_pool")], 1); // (B, 768, 17, 17)
        }

        x = cat([C(Chain(x, "Mixed_7a.branch3x3", 1), "Mixed_7a.branch3x3_2", stride: 2),
            C(Chain(x, "Mixed_7a.branch7x7x3", 3), "Mixed_7a.branch7x7x3_4", stride: 2), MaxPool(x)], 1); // (B, 1280, 8, 8)
        x = Wide(x, "Mixed_7b", AveragePool(x)); // (B, 2048, 8, 8)
        x = Wide(x, "Mixed_7c", nn.functional.max_pool2d(x, 3, 1, 1)); // (B, 2048, 8, 8)
        return x.mean([2, 3]); // (B, 2048)
    }

    private Tensor C(Tensor x, string name, long stride = 1, bool isPadded = true)
    {
        var convolution = _convolutions.TryGetValue(name, out var found) ? found : throw new ArgumentException($"there is no {name}");
        var (height, width) = convolution.Kernel;
        return convolution.Apply(x, stride, isPadded && stride == 1 ? (height / 2, width / 2) : (0, 0)).relu_();
    }

    private Tensor Chain(Tensor x, string name, int count) =>
        Enumerable.Range(1, count).Aggregate(x, (at, i) => C(at, $"{name}_{i}"));

    private Tensor Wide(Tensor x, string block, Tensor pooled)
    {
        var (one, two) = (C(x, $"{block}.branch3x3_1"), Chain(x, $"{block}.branch3x3dbl", 2));
        return cat([C(x, $"{block}.branch1x1"), C(one, $"{block}.branch3x3_2a"), C(one, $"{block}.branch3x3_2b"),
            C(two, $"{block}.branch3x3dbl_3a"), C(two, $"{block}.branch3x3dbl_3b"), C(pooled, $"{block}.branch_pool")], 1);
    }

    private static Tensor MaxPool(Tensor x) => nn.functional.max_pool2d(x, 3, 2);

    private static Tensor AveragePool(Tensor x) => nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad: false);

    private FoldedConvolution Folded(TensorCollection weights, string name) => new(weights[$"{name}.conv.weight"],
        weights[$"{name}.bn.weight"], weights[$"{name}.bn.bias"], weights[$"{name}.bn.running_mean"], weights[$"{name}.bn.running_var"],
        Epsilon, _device);
}
