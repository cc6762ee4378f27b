using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>The feature sets of tests/peers/metrics.py, drawn again from the recipes that its file carries.</summary>
internal static class FeaturePairs
{
    private const long Rectified = 1;
    private const long Integer = 2;
    private const long Copies = 3;

    /// <summary>Generated and real features, float64, in the current scope.</summary>
    public static (Tensor Generated, Tensor Real) Draw(ReferenceTensors reference, string name)
    {
        var recipe = reference[$"{name}.recipe"].data<long>().ToArray();
        var (n, m, d, kind) = (recipe[1], recipe[2], recipe[3], recipe[4]);
        using var random = new Generator((ulong)recipe[0]);
        var (x, y) = kind == Integer
            ? (randint(1, 5, [n, d], dtype: ScalarType.Int64, generator: random).to(ScalarType.Float64),
                randint(1, 5, [m, d], dtype: ScalarType.Int64, generator: random).to(ScalarType.Float64))
            : (randn(n, d, dtype: ScalarType.Float64, generator: random), randn(m, d, dtype: ScalarType.Float64, generator: random));
        if (kind != Integer)
        {
            var scale = linspace(0.2, 2, d, dtype: ScalarType.Float64);
            (x, y) = ((x * 0.9 + 0.1) * scale, y * scale);
        }

        if (kind == Rectified)
        {
            (x, y) = (x.clamp_min(0), y.clamp_min(0));
        }

        if (kind == Copies)
        {
            x.slice(0, 0, n / 2, 1).copy_(y.slice(0, 0, n / 2, 1));
        }

        Assert.True(cat([x.slice(0, 0, 3, 1), y.slice(0, 0, 3, 1)]).allclose(reference[$"{name}.start"], 1e-14, 1e-14),
            $"{name}: another set was drawn than by the peers' script");
        return (x, y);
    }

    /// <summary>KID's subsets and their size for that pair.</summary>
    public static (int Subsets, int Size) Subsets(ReferenceTensors reference, string name)
    {
        var recipe = reference[$"{name}.recipe"].data<long>().ToArray();
        return ((int)recipe[5], (int)recipe[6]);
    }
}
