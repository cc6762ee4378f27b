using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Runtime;

public class CpuThreadsTests
{
    [Fact]
    public void Sets_the_number_for_this_thread()
    {
        CpuThreads.Use(1);
        Assert.Equal(1, get_num_threads());
        CpuThreads.Use(null);
        Assert.Equal(CpuThreads.Default, get_num_threads());
        Assert.InRange(CpuThreads.Default, 1, 4);
    }

    [Fact]
    public void Refuses_none() => Assert.Throws<ArgumentOutOfRangeException>(() => CpuThreads.Use(0));
}
