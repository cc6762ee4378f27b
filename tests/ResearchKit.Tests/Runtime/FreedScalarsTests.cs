using System.Reflection;
using System.Runtime.InteropServices;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;

namespace ResearchKit.Tests.Runtime;

/// <summary>Operations under collections without end, with and without: <c>BENCH collections</c>.</summary>
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
