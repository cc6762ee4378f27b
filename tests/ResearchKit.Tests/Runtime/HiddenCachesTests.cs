using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Runtime;

public sealed class HiddenCachesTests
{
    [Theory]
    [InlineData("AuthenticAMD", 0x80000021, 0, true)]
    [InlineData("AuthenticAMD", 0x80000021, 0x4121, false)]
    [InlineData("AuthenticAMD", 0x8000001A, 0, true)] // oneDNN reads the leaf all the same
    [InlineData("GenuineIntel", 0x80000021, 0, false)]
    public void Only_an_AMD_processor_that_describes_no_cache_hides_them(string maker, uint leaves, int first, bool hidden)
    {
        int Letters(int at) => BitConverter.ToInt32(System.Text.Encoding.ASCII.GetBytes(maker), at);
        Assert.Equal(hidden, HiddenCaches.AreHidden(leaf => leaf switch
        {
            0 => (0, Letters(0), Letters(8), Letters(4)),
            0x80000000 => ((int)leaves, 0, 0, 0),
            _ => (first, 0, 0, 0),
        }));
    }

    [Fact]
    public void A_limit_of_the_user_stays()
    {
        var set = new Dictionary<string, string> { ["ONEDNN_MAX_CPU_ISA"] = "", ["DNNL_MAX_CPU_ISA"] = "AVX2" };
        Assert.Equal("AVX2", HiddenCaches.OfUser(set.GetValueOrDefault));
        set["ONEDNN_MAX_CPU_ISA"] = "AVX";
        Assert.Equal("AVX", HiddenCaches.OfUser(set.GetValueOrDefault));
        Assert.Null(HiddenCaches.OfUser(_ => null));
    }

    // The shapes that were wrong where the caches are hidden: channels that are no multiple of a block of 8 or 16.
    [Theory]
    [InlineData(4, 3, 4, 1, 0)]
    [InlineData(3, 64, 4, 1, 0)]
    [InlineData(100, 8, 3, 1, 1)]
    [InlineData(16, 1, 3, 1, 1)]
    [InlineData(4, 3, 3, 2, 1)]
    public void Convolutions_are_right_on_this_machine(int into, int outOf, int kernel, int stride, int padding)
    {
        NativeRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        foreach (var batch in (int[])[4, 16, 64])
        {
            var x = randn([batch, into, 8, 8], generator: generator);
            var weight = randn([outOf, into, kernel, kernel], generator: generator);
            var (image, filter) = Gradients(x, weight);
            var (exactImage, exactFilter) = Gradients(x.to(float64), weight.to(float64));
            Near(exactImage, image);
            Near(exactFilter, filter);
        }

        static void Near(Tensor exact, Tensor found) =>
            Assert.True((found.to(float64) - exact).abs().max().item<double>() < 1e-4 * exact.abs().max().item<double>());

        (Tensor, Tensor) Gradients(Tensor x, Tensor weight)
        {
            var (image, filter) = (x.detach().requires_grad_(), weight.detach().requires_grad_());
            nn.functional.conv2d(image, filter, strides: [stride, stride], padding: [padding, padding]).square().sum().backward();
            return (image.grad!, filter.grad!);
        }
    }
}
