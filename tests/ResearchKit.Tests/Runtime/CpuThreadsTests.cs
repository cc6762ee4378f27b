using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Runtime;

public class CpuThreadsTests
{
    [Fact]
    public void Sets_the_number_for_this_thread()
    {
        CpuThreads.Use(CpuThreads.Default + 1);
        Assert.Equal(CpuThreads.Default + 1, get_num_threads());
        CpuThreads.Use(null);
        Assert.Equal(CpuThreads.Default, get_num_threads());
    }

    [Fact]
    public void Refuses_none() => Assert.Throws<ArgumentOutOfRangeException>(() => CpuThreads.Use(0));

    [Theory]
    [InlineData("3", 3)]
    [InlineData("2,1", 2)]
    [InlineData("64", 64)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("many", null)]
    [InlineData(null, null)]
    public void The_default_is_what_the_environment_says_or_every_core_up_to_four(string? variable, int? threads) =>
        Assert.Equal(threads ?? Math.Min(Environment.ProcessorCount, 4), CpuThreads.Of(variable));
}
