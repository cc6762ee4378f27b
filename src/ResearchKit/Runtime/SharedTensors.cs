using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>What processes that train together do with tensors. Those of a GPU go through the CPU.</summary>
internal static class SharedTensors
{
    private const long Most = 1 << 26; // values in a call: MPI counts in 32 bits

    /// <summary>A tensor's values in parts that one call takes, without a copy; they live in the caller's dispose scope.</summary>
    /// <param name="values">On the CPU, contiguous.</param>
    public static Tensor[] Parts(Tensor values) => values.flatten().split(Most);

    /// <summary>Gives all processes the values that one of them has.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="values">On the CPU, contiguous, of one shape and dtype in each process.</param>
    /// <param name="from">Whose.</param>
    public static void Broadcast(this ProcessGroup group, Tensor values, int from = 0)
    {
        foreach (var part in Parts(values))
        {
            group.Broadcast(part.bytes, from);
        }
    }

    /// <summary>Puts the mean over the processes in the place of each value.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="flat">float32 or float64, shape (N), contiguous.</param>
    public static void Average(this ProcessGroup group, Tensor flat)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var staged = flat.device.type == DeviceType.CPU ? flat : flat.cpu();
        foreach (var part in Parts(staged))
        {
            if (part.dtype == ScalarType.Float64)
            {
                group.Sum(MemoryMarshal.Cast<byte, double>(part.bytes));
            }
            else
            {
                group.Sum(MemoryMarshal.Cast<byte, float>(part.bytes));
            }
        }

        staged.mul_(1.0 / group.Count);
        if (!ReferenceEquals(staged, flat))
        {
            flat.copy_(staged);
        }
    }

    /// <summary>Puts the mean over the processes in the place of each value, in float64.</summary>
    public static void Average(this ProcessGroup group, IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = cat([.. tensors.Select(t => t.to(ScalarType.Float64).flatten())]); // (N)
        group.Average(flat);
        foreach (var (tensor, mean) in tensors.Zip(flat.split([.. tensors.Select(t => t.numel())])))
        {
            tensor.copy_(mean.reshape(tensor.shape));
        }
    }

    /// <summary>Puts the mean over the processes in the place of each number.</summary>
    public static void Average(this ProcessGroup group, Span<double> numbers)
    {
        group.Sum(numbers);
        foreach (ref var number in numbers)
        {
            number /= group.Count;
        }
    }

    /// <summary>Gives all networks the weights and buffers of process 0.</summary>
    public static void Align(this ProcessGroup group, params IEnumerable<nn.Module> networks)
    {
        using var noGrad = no_grad();
        foreach (var tensor in networks.SelectMany(n => n.state_dict().Values))
        {
            using var scope = NewDisposeScope();
            var staged = tensor.detach().cpu().contiguous();
            group.Broadcast(staged);
            tensor.copy_(staged);
        }
    }
}
