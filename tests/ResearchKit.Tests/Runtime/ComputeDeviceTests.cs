using ResearchKit.Runtime;
using TorchSharp;

namespace ResearchKit.Tests.Runtime;

public class ComputeDeviceTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData(" CPU ")]
    public void Reads_the_cpu(string name) => Assert.Equal(DeviceType.CPU, ComputeDevice.Parse(name).type);

    [Theory]
    [InlineData("cpu")]
    [InlineData("Best")]
    [InlineData("cuda")]
    [InlineData("CUDA:7")]
    public void Knows_a_name_whose_device_may_be_absent(string name) => Assert.True(ComputeDevice.IsName(name));

    [Fact]
    public void Best_is_a_device_that_works()
    {
        using var x = torch.ones(2, device: ComputeDevice.Parse("best"));
        Assert.Equal(2, x.sum().item<float>());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("")]
    public void Refuses_other_names(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => ComputeDevice.Parse(name));
        Assert.Contains("cpu, cuda, cuda:0", error.Message, StringComparison.Ordinal);
        Assert.False(ComputeDevice.IsName(name));
    }

    [Fact]
    public void Says_why_cuda_cannot_be_used()
    {
        Assert.SkipUnless(ComputeDevice.CudaProblem is not null, "this machine has a CUDA device");
        var error = Assert.Throws<ArgumentException>(() => ComputeDevice.Parse("cuda:0"));
        Assert.Contains(ComputeDevice.CudaProblem!, error.Message, StringComparison.Ordinal);
    }
}
