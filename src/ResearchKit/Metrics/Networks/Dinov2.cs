using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>DINOv2's vision transformers with patches of 14 x 14 pixels, without registers; the features are the normalised class
/// token.</summary>
/// <remarks>
/// Oquab et al., arXiv:2304.07193, in the layout of github.com/facebookresearch/dinov2. Images come to 224 x 224 as in dgm-eval's clean
/// resize (Stein et al., arXiv:2306.04675), then ImageNet's mean and deviation; torch-fidelity resizes otherwise (<c>legacy_tf</c>). The
/// 37 x 37 positions are interpolated to 16 x 16 as the authors do: bicubic, with 0.1 added to the 16. The SHA-256 of the published files
/// are not known here, so a network is called by its layout only, and the SHA-256 in the results tells which weights it has.
/// </remarks>
internal sealed class Dinov2 : IFeatureNetwork
{
    private const int Size = 224;
    private const int Patch = 14;
    private const int HeadWidth = 64;
    private const double Epsilon = 1e-6;
    private const double InterpolateOffset = 0.1;

    private static readonly double[] Mean = [0.485, 0.456, 0.406];
    private static readonly double[] Deviation = [0.229, 0.224, 0.225];

    private readonly Dictionary<string, Tensor> _weights;
    private readonly Tensor _positions; // (1, 257, D)
    private readonly Device _device;

    /// <summary>Builds it from a state dict, whose tensors stay the caller's.</summary>
    /// <exception cref="KeyNotFoundException">A tensor is missing.</exception>
    internal Dinov2(string name, TensorCollection weights, string sha256, ImageResizer? resizer, Device device)
    {
        (Name, Sha256, _device) = (name, sha256, device);
        Preparation = new ImagePreparation(Size, 3, resizer ?? ImageResizers.All.Find("clean"), [.. Deviation.Select(d => 255 * d)],
            [.. Mean.Zip(Deviation, (m, d) => m / d)]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _weights = weights.Where(t => t.Key is not ("mask_token" or "pos_embed")).ToDictionary(t => t.Key,
            t => t.Value.to(ScalarType.Float32).to(device, copy: true).DetachFromDisposeScope());
        _positions = Positions(weights["pos_embed"].to(ScalarType.Float32)).to(device, copy: true).DetachFromDisposeScope();
        while (_weights.ContainsKey($"blocks.{Depth}.norm1.weight"))
        {
            Depth++;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public ImagePreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => (int)_positions.shape[2];

    /// <summary>How many blocks it has.</summary>
    internal int Depth { get; }

    /// <summary>Loads a network.</summary>
    /// <param name="name">Its name in the register.</param>
    /// <param name="width">Its width.</param>
    /// <param name="depth">Its blocks.</param>
    /// <param name="file">The authors' state dict, as a <c>.pth</c> or a safetensors file; null for where PyTorch's hub keeps it.</param>
    /// <param name="resizer">How images are brought to 224 x 224; null for <c>clean</c>.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="DataFileException">The file is missing, damaged or of another network.</exception>
    public static Dinov2 Load(string name, int width, int depth, string? file, ImageResizer? resizer, Device device)
    {
        var theirs = name.Replace('-', '_');
        var address = $"https://dl.fbaipublicfiles.com/dinov2/{theirs}/{theirs}_pretrain.pth";
        file ??= FeatureNetworks.HubFile($"{theirs}_pretrain.pth");
        if (!File.Exists(file))
        {
            throw new DataFileException(file, $"the weights of {name} are not here; get {address} and name the file with --weights, or " +
                "choose another network.");
        }

        using var weights = FeatureNetworks.ReadWeights(file);
        Dinov2? network = null;
        try
        {
            network = new Dinov2($"{name} by layout", weights, DataCatalog.Sha256Of(file), resizer, device);
            if ((network.Width, network.Depth) != (width, depth))
            {
                throw new ArgumentException($"{network.Depth} blocks of width {network.Width}, and not {depth} of {width}");
            }

            using var scope = NewDisposeScope();
            network.Extract(zeros(1, 3, Size, Size)); // whatever is missing or of another shape is found here
            return network;
        }
        catch (Exception e) when (e is KeyNotFoundException or ArgumentException or System.Runtime.InteropServices.ExternalException)
        {
            network?.Dispose();
            throw new DataFileException(file, $"its tensors are not those of {name} ({e.Message.Split('\n')[0].TrimEnd('.')}); take " +
                $"{address}.", e);
        }
    }

    /// <inheritdoc/>
    public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        TensorFloat32.Use(false, _device); // a protocol says float32
        var x = nn.functional.conv2d(prepared.to(_device), W("patch_embed.proj.weight"), W("patch_embed.proj.bias"), [Patch, Patch]);
        x = x.flatten(2).transpose(1, 2); // (B, 256, D)
        x = cat([W("cls_token").expand(x.shape[0], -1, -1), x], 1) + _positions; // (B, 257, D)
        for (var i = 0; i < Depth; i++)
        {
            using var block = NewDisposeScope();
            var name = $"blocks.{i}";
            x = x + (Attention(Norm(x, $"{name}.norm1"), $"{name}.attn") * W($"{name}.ls1.gamma"));
            var hidden = nn.functional.gelu(Linear(Norm(x, $"{name}.norm2"), $"{name}.mlp.fc1")); // (B, 257, 4 D)
            x = (x + (Linear(hidden, $"{name}.mlp.fc2") * W($"{name}.ls2.gamma"))).MoveToOuterDisposeScope();
        }

        return (Norm(x, "norm").select(1, 0).to(CPU).contiguous().MoveToOuterDisposeScope(), null); // (B, D)
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }

        _positions.Dispose();
    }

    private Tensor W(string name) => _weights.TryGetValue(name, out var found) ? found : throw new ArgumentException($"there is no {name}");

    private Tensor Linear(Tensor x, string name) => nn.functional.linear(x, W($"{name}.weight"), W($"{name}.bias"));

    private Tensor Norm(Tensor x, string name) =>
        nn.functional.layer_norm(x, [x.shape[^1]], W($"{name}.weight"), W($"{name}.bias"), Epsilon);

    private Tensor Attention(Tensor x, string name)
    {
        var (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2]);
        var qkv = Linear(x, $"{name}.qkv").reshape(batch, tokens, 3, width / HeadWidth, HeadWidth).permute(2, 0, 3, 1, 4);
        var seen = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]); // (B, heads, 257, 64)
        return Linear(seen.transpose(1, 2).reshape(batch, tokens, width), $"{name}.proj"); // (B, 257, D)
    }

    private static Tensor Positions(Tensor stored)
    {
        var (patches, width) = (stored.shape[1] - 1, stored.shape[2]);
        var (side, wanted) = ((long)Math.Round(Math.Sqrt(patches)), Size / Patch);
        if (side == wanted)
        {
            return stored;
        }

        var grid = stored.narrow(1, 1, patches).reshape(1, side, side, width).permute(0, 3, 1, 2); // (1, D, 37, 37)
        var factor = (wanted + InterpolateOffset) / Math.Sqrt(patches);
        grid = nn.functional.interpolate(grid, null, [factor, factor], InterpolationMode.Bicubic, false); // (1, D, 16, 16)
        return cat([stored.narrow(1, 0, 1), grid.permute(0, 2, 3, 1).reshape(1, wanted * wanted, width)], 1);
    }
}
