using System.Runtime.ExceptionServices;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>Shares a batch out among the CPU's threads.</summary>
internal static class BatchParts
{
    /// <summary>Sends equal parts of a batch through a network at the same time, each by one thread.</summary>
    /// <param name="batch">Shape (B, ...). Elsewhere than on a CPU it goes through whole.</param>
    /// <param name="forward">From (b, ...) to (b, D), images apart; several threads call it. Its temporary tensors are disposed.</param>
    /// <returns>Shape (B, D), in the current scope.</returns>
    /// <remarks>libtorch would have its threads wait for each other in every operation instead, which costs much on a machine that has
    /// other work, too: up to four times the processor time.</remarks>
    public static Tensor Run(Tensor batch, Func<Tensor, Tensor> forward)
    {
        var threads = (int)Math.Min(get_num_threads(), batch.shape[0]);
        if (threads < 2 || batch.device.type != DeviceType.CPU)
        {
            return forward(batch);
        }

        var parts = batch.chunk(threads);
        var results = new Tensor[parts.Length];
        try
        {
            Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => results[i] = Alone(parts[i]));
            return cat(results);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Capture(e.InnerExceptions[0]).Throw();
            throw;
        }
        finally
        {
            Array.ForEach(results, r => r?.Dispose());
        }

        Tensor Alone(Tensor part)
        {
            var before = get_num_threads();
            CpuThreads.Use(1);
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            try
            {
                return forward(part).DetachFromDisposeScope();
            }
            finally
            {
                CpuThreads.Use(before);
            }
        }
    }
}
