using ResearchKit.Runtime;

namespace ResearchKit.Support;

/// <summary>Gives this process's tests one thread of libtorch before the first of them: other rows of tests want the other cores, and two
/// threads of which one has no core wait for each other in every operation. A test of several threads says so
/// (<see cref="With"/>).</summary>
public sealed class OneThread
{
    /// <summary>Called once by xUnit.</summary>
    public OneThread()
    {
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "1"); // what CpuThreads.Default reads
        CpuThreads.Use(1);
    }

    /// <summary>Does something with a number of threads.</summary>
    internal static T With<T>(int threads, Func<T> action)
    {
        var before = TorchSharp.torch.get_num_threads();
        CpuThreads.Use(threads);
        try
        {
            return action();
        }
        finally
        {
            CpuThreads.Use(before);
        }
    }
}
