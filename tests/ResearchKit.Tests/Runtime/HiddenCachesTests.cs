using ResearchKit.Runtime;
using ResearchKit.Support;
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

    // Either cure alone makes the shapes below right, so that they are right does not show which one is at work.
    [Fact]
    public void Where_caches_are_hidden_the_package_of_libtorch_is_repaired_and_needs_no_limit()
    {
        var loaded = NativeRuntime.EnsureLoaded();
        Assert.Equal(HiddenCaches.AreHere, loaded.CachesHidden);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only the package for Linux is repaired");
        Assert.SkipWhen(HiddenCaches.OfUser(Environment.GetEnvironmentVariable) is not null, "a limit is set in the environment");
        Assert.SkipWhen(Environment.GetEnvironmentVariable("RESEARCHKIT_LIBTORCH") is { Length: > 0 }, "libtorch is not the package's");
        Assert.Null(loaded.ConvolutionLimit);
    }

    [Fact]
    public void Another_libtorch_is_not_repaired()
    {
        using var folder = new TemporaryFolder();
        var other = Path.Combine(folder.Path, "libtorch_cpu.so");
        File.WriteAllText(other, "smaller");
        Assert.False(CacheReadingRepair.TryApply(other));
    }

    [Fact]
    public void The_start_of_a_library_is_read_from_the_list_of_mappings()
    {
        string[] maps =
        [
            "7f0000000000-7f0000001000 r--p 00000000 00:2f 11    /opt/a b/lib.so",
            "7f0000001000-7f0000002000 r-xp 00001000 00:2f 11    /opt/a b/lib.so",
            "7f0000005000-7f0000006000 r-xp 00000000 00:00 0 ",
        ];
        Assert.Equal(unchecked((nint)0x7f0000000000), CacheReadingRepair.StartOf("/opt/a b/lib.so", maps));
        Assert.Null(CacheReadingRepair.StartOf("/opt/lib.so", maps));
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
