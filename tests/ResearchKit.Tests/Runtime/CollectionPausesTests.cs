using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Runtime;

[Collection<LonelyTests>]
public sealed class CollectionPausesTests : IDisposable
{
    public CollectionPausesTests() => FreedScalars.LetGo();

    public void Dispose() => FreedScalars.HoldAgain();

    [Fact]
    public void No_collection_falls_into_a_training()
    {
        using var gan = new TinyGan();
        using var steps = gan.Trainer.Run(60).GetEnumerator();
        Assert.True(steps.MoveNext());
        var collections = GC.CollectionCount(0);
        while (steps.MoveNext())
        {
            for (var i = 0; i < 10; i++)
            {
                _ = new byte[50_000]; // 30 MB in all: several times what brings a collection otherwise
            }
        }

        Assert.Equal(collections, GC.CollectionCount(0));
    }

    [Fact]
    public void They_come_when_it_is_time_and_when_it_ends()
    {
        using var pauses = new CollectionPauses();
        pauses.Renew();
        var collections = GC.CollectionCount(0);
        for (var i = 0; i < 45; i++)
        {
            _ = new byte[1_000_000];
        }

        pauses.Renew();
        Assert.True(GC.CollectionCount(0) > collections);
        pauses.Dispose();
        pauses.Dispose();
        GC.Collect();
    }

    [Fact]
    public void Only_one_is_on_and_the_others_do_no_harm()
    {
        using var first = new CollectionPauses();
        using var second = new CollectionPauses();
        first.Renew();
        second.Renew();
        second.Dispose();
        Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
        GC.Collect(); // ends it from outside
        first.Renew();
        Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
    }
}
