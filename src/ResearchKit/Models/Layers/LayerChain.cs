using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Layers one after the other, as <c>nn.Sequential</c> with the same state-dict keys, that can be brought into a form for
/// evaluation (<see cref="InferenceCopy"/>). Each layer's result is freed as soon as the next one has read it.</summary>
internal sealed class LayerChain : nn.Module<Tensor, Tensor>, IInferenceForm
{
    private readonly List<nn.Module<Tensor, Tensor>> _layers;

    public LayerChain(params IReadOnlyList<nn.Module<Tensor, Tensor>> layers)
        : base(nameof(LayerChain))
    {
        _layers = [.. layers];
        foreach (var (i, layer) in layers.Index())
        {
            register_module($"{i}", layer);
        }
    }

    public override Tensor forward(Tensor input)
    {
        var h = _layers[0].call(input);
        for (var i = 1; i < _layers.Count; i++)
        {
            using var before = h;
            h = _layers[i].call(before);
        }

        return h;
    }

    public bool FoldNormalization()
    {
        var before = _layers.Count;
        for (var i = _layers.Count - 1; i > 0; i--)
        {
            if (_layers[i] is BatchNorm norm && BatchNormFolding.Fold(_layers[i - 1], norm))
            {
                _layers.RemoveAt(i); // it stays a child, which is never called again
            }
        }

        return _layers.Count < before;
    }

    public bool MakeDense()
    {
        var before = _layers.ToList();
        _layers[0] = ConvTransposeAsProduct.OfPoint(_layers[0]) ?? _layers[0]; // a chain that begins so is given z
        for (var i = 1; i < _layers.Count; i++)
        {
            _layers[i] = ConvTransposeAsProduct.OfFew(_layers[i]) ?? _layers[i];
        }

        return !_layers.SequenceEqual(before);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _layers.ForEach(layer => layer.Dispose()); // one of them may be no child
        }

        base.Dispose(disposing);
    }
}
