using System.Globalization;

namespace ResearchKit.Interactive;

/// <summary>Tells a cell whose tensors pile up what to do. TorchSharp frees a tensor when it is disposed or collected, and the collector
/// does not see the memory that libtorch holds for it, so a plain loop can fill the machine.</summary>
internal sealed class LiveTensors
{
    private const long ManyTensors = 5_000;
    private const long MuchMemory = 300_000_000;

    private readonly long _tensors = Tensor.TotalCount;
    private readonly long _memory = Environment.WorkingSet;
    private bool _told;

    /// <summary>What to tell the cell that began when this was made, once; null while there is nothing to tell.</summary>
    public string? Notice()
    {
        var (tensors, memory) = (Tensor.TotalCount - _tensors, Environment.WorkingSet - _memory);
        if (_told || tensors < ManyTensors || memory < MuchMemory)
        {
            return null;
        }

        _told = true;
        return string.Create(CultureInfo.InvariantCulture,
            $"{tensors:N0} tensors of this cell are still alive, and the process has taken {memory / 1e9:0.0} GB more. TorchSharp frees a ")
            + "tensor when it is disposed; the garbage collector does not see its memory. Put what a loop repeats into "
            + "`using (torch.NewDisposeScope()) { ... }`: at its end all tensors made in it are freed, but those that "
            + "`MoveToOuterDisposeScope()` has moved out.\n";
    }
}
