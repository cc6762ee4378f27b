using ResearchKit.Data;
using ResearchKit.Imaging;
using ResearchKit.Models;
using TorchSharp;

namespace ResearchKit.Tests.Imaging;

public class LatentWalkTests
{
    [Fact]
    public void A_frame_depends_on_its_place_alone_and_the_walk_is_smooth()
    {
        using var g = new DcganGenerator(28, 1, features: 2, latentSize: 8, SampleClasses.Equally(["a", "b"]));
        using var walk = new LatentWalk(g, "walk", 3, seed: 4);
        Assert.Equal(["a", "b"], walk.Classes!);
        var first = walk.Frame(1.25);
        Assert.Equal((2 * 29 + 1, 2 * 29 + 1, 1), (first.Width, first.Height, first.Channels));
        Assert.Equal(first.Width * first.Height, first.Pixels.Length);
        walk.Frame(7);
        Assert.Equal(first.Pixels, walk.Frame(1.25).Pixels);
        Assert.True(Distance(first, walk.Frame(1.26)) < Distance(first, walk.Frame(1.5)));
        Assert.True(Distance(walk.Frame(1.999), walk.Frame(2)) < Distance(walk.Frame(1), walk.Frame(2)) / 10); // no leap at a stop
        Assert.NotEqual(walk.Frame(1.25, label: 0).Pixels, walk.Frame(1.25, label: 1).Pixels);
        Assert.NotEqual(first.Pixels, walk.Frame(1.25, truncation: 0.5).Pixels);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        walk.Frame(1.3);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Throws<ArgumentException>(() => walk.Frame(-1));
        Assert.Throws<ArgumentException>(() => walk.Frame(double.NaN));
        Assert.Throws<ArgumentException>(() => walk.Frame(0, truncation: 0));
        Assert.Contains("asked for class 2", Assert.Throws<ArgumentException>(() => walk.Frame(0, label: 2)).Message,
            StringComparison.Ordinal);
    }

    private static double Distance(WalkFrame a, WalkFrame b) => a.Pixels.Zip(b.Pixels, (p, q) => Math.Pow(p - q, 2)).Sum();
}
