using System.Reflection;
using System.Runtime.InteropServices;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Runtime;

/// <summary><c>BENCH collections</c> asks for a minute, and shows what happens without.</summary>
[Collection<LonelyTests>]
public sealed class FreedScalarsTests
{
    [Fact]
    public void A_scalar_that_was_freed_stays_what_it_was()
    {
        Held();
        var scalar = 0.625.ToScalar();
        var address = (nint)typeof(Scalar).GetProperty("Handle", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(scalar)!;
        scalar.Dispose();
        for (var i = 0; i < 1000; i++)
        {
            i.ToScalar().Dispose(); // would take its place in memory
        }

        Assert.Equal(0.625, BitConverter.Int64BitsToDouble(Marshal.ReadInt64(address, 16)));
    }

    [Fact]
    public void Operations_with_scalars_survive_collections_on_another_thread()
    {
        Held();
        var ended = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref ended))
            {
                GC.Collect(0);
            }
        });
        collector.Start();
        try
        {
            var x = full(16, 2f);
            var until = DateTime.UtcNow.AddSeconds(3);
            while (DateTime.UtcNow < until)
            {
                using var scope = NewDisposeScope();
                Assert.Equal(2.5f, (x * 0.5 + 1.5).clamp(0.25, 2.5)[0].item<float>());
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            collector.Join();
        }
    }

    [Fact]
    public void They_are_freed_in_the_end()
    {
        Held();
        const int burst = 20_000;
        for (var i = 0; i < 3; i++)
        {
            Thread.Sleep(1100);
            for (var j = 0; j < burst; j++)
            {
                j.ToScalar().Dispose(); // frees two old ones, where there are some
            }
        }

        Assert.InRange(FreedScalars.Waiting, burst, burst + (burst / 2));
    }

    private static void Held()
    {
        Assert.SkipUnless(NativeCode.IsSupported, "scalars are held on Linux x64 only");
        NativeRuntime.EnsureLoaded();
        Assert.True(FreedScalars.AreHeld);
    }
}
