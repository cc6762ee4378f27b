using ResearchKit.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Models;

/// <summary>The layers of S networks, one after the other: (S, B, inputs) to (S, B, outputs), with convolutions (B, S inputs, H, W) to
/// (B, S outputs, H', W').</summary>
internal sealed class BatchedLayers : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> layers = [];
    private readonly List<(Tensor Stacked, Tensor[] Singles)> _kept = [];

    public BatchedLayers(IReadOnlyList<nn.Module<Tensor, Tensor>> networks)
        : base(nameof(BatchedLayers))
    {
        Count = networks.Count;
        using var noGrad = no_grad();
        var columns = networks.Select(LayersOf).ToList();
        if (columns.Select(c => string.Join(' ', c.Select(Shape))).Distinct().Count() > 1)
        {
            throw new ArgumentException("Networks that train as one batch must have the same layers of the same sizes.", nameof(networks));
        }

        IsOfMaps = columns[0].Exists(layer => layer is Convolution);
        for (var i = 0; i < columns[0].Count; i++)
        {
            layers.Add(Layer([.. columns.Select(c => c[i])]));
        }

        RegisterComponents();
    }

    public int Count { get; }

    public bool IsOfMaps { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return layers.Aggregate(input, (x, layer) => layer.call(x)).MoveToOuterDisposeScope();
    }

    public void CopyBack(int seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (stacked, singles) in _kept)
        {
            singles[seed].copy_(stacked[seed]);
        }
    }

    private static List<nn.Module> LayersOf(nn.Module network) => network switch
    {
        MlpGenerator or MlpDiscriminator or DcganGenerator or DcganDiscriminator or UnrolledDigitsGenerator or UnrolledDigitsDiscriminator
            or PackedDiscriminator or Sequential or LayerChain => [.. network.children().SelectMany(LayersOf)],
        Linear or LinearMaxout or BatchNorm1d or ReLU or Tanh or Models.Layers.LeakyReLU => [network],
        Conv2d or ConvTranspose2d or BatchNorm2d => [network],
        _ => throw new ArgumentException($"Only fully connected networks, DCGAN and unrolled-digits with batch normalisation or none can " +
            $"be batched over seeds, and {network.GetName()} is no part of these."),
    };

    private static string Shape(nn.Module layer) =>
        layer.GetName() + string.Concat(layer.parameters().Select(p => $"({string.Join(",", p.shape)})"));

    private nn.Module<Tensor, Tensor> Layer(IReadOnlyList<nn.Module> singles) => singles[0] switch
    {
        Linear => Linears([.. singles.Cast<Linear>()], 1),
        LinearMaxout maxout => Linears([.. singles.Select(s => (Linear)s.children().Single())], maxout.Pieces),
        Convolution convolution => new BatchedConvolution(convolution, Stack(singles, "weight"),
            convolution.bias is null ? null : Stack(singles, "bias")),
        BatchNorm => new BatchedNorm(Stack(singles, "weight"), Stack(singles, "bias"), Stack(singles, "running_mean"),
            Stack(singles, "running_var"), Stack(singles, "num_batches_tracked")),
        ReLU => nn.ReLU(),
        Tanh => nn.Tanh(),
        var leaky => new Models.Layers.LeakyReLU(((Models.Layers.LeakyReLU)leaky).Slope),
    };

    private BatchedLinear Linears(IReadOnlyList<Linear> singles, int pieces) =>
        new(Stack(singles, "weight"), singles[0].bias is null ? null : Stack(singles, "bias"), pieces);

    private Tensor Stack(IReadOnlyList<nn.Module> singles, string name)
    {
        Tensor[] those = [.. singles.Select(s => s.named_parameters(false).Select(p => (p.name, (Tensor)p.parameter))
            .Concat(s.named_buffers(false)).First(t => t.Item1 == name).Item2)];
        Tensor stacked = those[0].is_floating_point() && !name.StartsWith("running", StringComparison.Ordinal)
            ? new Parameter(stack(those)) : stack(those);
        _kept.Add((stacked.DetachFromDisposeScope(), those));
        return stacked;
    }
}

/// <summary>S linear layers, or layers of maxout units: (S, B, inputs) to (S, B, outputs).</summary>
internal sealed class BatchedLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // (S, outputs pieces, inputs)
    private readonly Parameter? bias; // (S, outputs pieces)
    private readonly int _pieces;

    public BatchedLinear(Tensor weights, Tensor? biases, int pieces)
        : base(nameof(BatchedLinear))
    {
        (weight, bias, _pieces) = ((Parameter)weights, (Parameter?)biases, pieces);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var transposed = weight.transpose(1, 2);
        // TorchSharp's method takes the factors first and the summand last, whatever its parameters are called.
        var values = bias is null ? bmm(input, transposed) : input.baddbmm(transposed, bias.unsqueeze(1)); // (S, B, outputs pieces)
        return (_pieces == 1 ? values : values.reshape(values.shape[0], values.shape[1], -1, _pieces).amax([3])).MoveToOuterDisposeScope();
    }
}

/// <summary>S convolutions of images, or transposed ones, as one with a group for each: (B, S C, H, W) to (B, S O, H', W').</summary>
internal sealed class BatchedConvolution : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // (S, ...), then as the single one has it
    private readonly Parameter? bias; // (S, O)
    private readonly Func<Tensor, Tensor, Tensor?, long, Tensor> _apply; // to x, with kernels, shifts and groups

    public BatchedConvolution(Convolution layer, Tensor weights, Tensor? biases)
        : base(nameof(BatchedConvolution))
    {
        (weight, bias) = ((Parameter)weights, (Parameter?)biases);
        // sizes, and not the layer: a module that is a field would be a part of this one
        var (strides, padding, dilation) = (layer.stride, layer.padding!, layer.dilation);
        var (isTransposed, after) = (layer.transposed, layer.output_padding ?? [0, 0]);
        _apply = (x, kernels, shifts, groups) => isTransposed
            ? conv_transpose2d(x, kernels, shifts, strides, padding, after, dilation, groups)
            : conv2d(x, kernels, shifts, strides, padding, dilation, groups);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _apply(input, weight.flatten(0, 1), bias?.flatten(), weight.shape[0]).MoveToOuterDisposeScope();
    }
}

/// <summary>S layers of batch normalisation, each over its own network's batch: (S, B, C) to the same; of images (B, S C, H, W).</summary>
internal sealed class BatchedNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // (S, C)
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked; // (S)

    public BatchedNorm(Tensor weights, Tensor biases, Tensor means, Tensor variances, Tensor counts)
        : base(nameof(BatchedNorm))
    {
        (weight, bias) = ((Parameter)weights, (Parameter)biases);
        (running_mean, running_var, num_batches_tracked) = (means, variances, counts);
        RegisterComponents();
    }

    // As one layer of S C channels; momentum and epsilon are PyTorch's, which the single networks have.
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (training)
        {
            using var noGrad = no_grad();
            num_batches_tracked.add_(1);
        }

        var x = input.dim() == 3 ? input.transpose(0, 1).flatten(1) : input; // (B, S C)
        var normal = batch_norm(x, running_mean.view(-1), running_var.view(-1), weight.view(-1), bias.view(-1), training);
        return (input.dim() == 3 ? normal.reshape(input.shape[1], input.shape[0], -1).transpose(0, 1) : normal) // (S, B, C)
            .MoveToOuterDisposeScope();
    }
}
