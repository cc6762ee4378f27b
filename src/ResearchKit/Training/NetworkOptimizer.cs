using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Training;

/// <summary>A network's parameters, listed once, with the Adam that moves them.</summary>
internal sealed class NetworkOptimizer : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly Adam _adam;

    /// <summary>Lists the parameters; the network must be on its device already.</summary>
    /// <exception cref="ArgumentException">The network has none to train.</exception>
    public NetworkOptimizer(nn.Module network, double learningRate, double beta1, double beta2)
    {
        _parameters = [.. network.parameters().Where(p => p.requires_grad)];
        if (_parameters.Length == 0)
        {
            throw new ArgumentException($"The network {network.GetName()} has no parameters to train (did RegisterComponents run?).", nameof(network));
        }

        _adam = optim.Adam(_parameters, learningRate, beta1, beta2);
    }

    /// <summary>The device of the parameters.</summary>
    public Device Device => _parameters[0].device;

    /// <summary>The dtype of the parameters.</summary>
    public ScalarType ElementType => _parameters[0].dtype;

    /// <summary>One step down the gradient of <paramref name="loss"/>.</summary>
    /// <returns>The Euclidean norm of the gradient over all parameters, a scalar on the device.</returns>
    public Tensor Step(Tensor loss)
    {
        _adam.zero_grad();
        loss.backward();
        using var noGrad = no_grad();
        var norms = _parameters.Select(p => p.grad).OfType<Tensor>().Select(g => g.norm()).ToList();
        var norm = stack(norms).norm();
        _adam.step();
        return norm;
    }

    /// <summary>Keeps gradients from being computed for these parameters until the result is disposed: they still pass through the network.</summary>
    public IDisposable Freeze() => new Frozen(_parameters);

    public void Dispose() => _adam.Dispose();

    private sealed class Frozen : IDisposable
    {
        private readonly Parameter[] _parameters;

        public Frozen(Parameter[] parameters)
        {
            _parameters = parameters;
            SetGradients(false);
        }

        public void Dispose() => SetGradients(true);

        private void SetGradients(bool wanted)
        {
            foreach (var parameter in _parameters)
            {
                parameter.requires_grad = wanted;
            }
        }
    }
}
