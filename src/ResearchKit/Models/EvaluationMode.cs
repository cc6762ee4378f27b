namespace ResearchKit.Models;

/// <summary>Puts a network into evaluation mode until it is disposed; then every module is in its own mode again.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _modes;

    public EvaluationMode(nn.Module network)
    {
        _modes = [.. network.modules().Prepend(network).Select(m => (m, m.training))];
        network.eval();
    }

    // train() sets a whole subtree: parents come first in the list, so that each module ends in its own mode.
    public void Dispose()
    {
        foreach (var (module, training) in _modes.Where(m => m.Module.training != m.Training))
        {
            module.train(training);
        }
    }
}
