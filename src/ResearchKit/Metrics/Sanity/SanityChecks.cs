using ResearchKit.Registers;
using static ResearchKit.Metrics.Sanity.CurveShape;

namespace ResearchKit.Metrics.Sanity;

/// <summary>The checks by name, one line each.</summary>
/// <remarks>Räisä et al., "All current generative fidelity and diversity metrics are flawed" (ICML 2025, arXiv:2505.22450): their
/// situations, with their criteria where we know them, on fewer points. <c>centre</c>, <c>two points</c> and <c>copies</c> are ours.
/// 1,000 samples of each set where the check does not say otherwise.</remarks>
public static class SanityChecks
{
    private const int Count = 1000;
    private const int Modes = 10;
    private static readonly int[] All3 = [1, 8, 64];

    /// <summary>Every check.</summary>
    public static Register<SanityCheck> All { get; } = new("check",
        new("mean", "the mean is shifted, from far below to far above", All3, Shifts,
            (d, s) => new(Normal(Count, d, 1) + s, Normal(Count, d, 2)), Bell, Bell, Bell),
        new("outlier, real", "the same, and one real sample lies far away", All3, Shifts,
            (d, s) => new(Normal(Count, d, 1) + s, Outlier(Normal(Count, d, 2))), Any, Bell, Bell),
        new("outlier, made", "the same, and one generated sample lies far away", All3, Shifts,
            (d, s) => new(Outlier(Normal(Count, d, 1) + s), Normal(Count, d, 2)), Any, Bell, Bell),
        new("heavy tails", "the mean is shifted, of symmetric Pareto samples", All3, Shifts,
            (d, s) => new(Pareto(Count, d, 1) + s, Pareto(Count, d, 2)), Any, Bell, Bell),
        new("spread", "the standard deviation grows from 1/8 to 8 times the real one", All3, _ => Powers(3),
            (d, s) => new(Normal(Count, d, 1) * s, Normal(Count, d, 2)), Bell, NeverRises, NeverFalls),
        new("one spread", "the standard deviation of one feature grows from 1/64 to 64 times the real one", [8, 64], _ => Powers(6),
            (d, s) => new(First(Normal(Count, d, 1), x => x * s), Normal(Count, d, 2)), Bell, NeverRises, NeverFalls),
        new("one shift", "one feature is shifted, from not at all to 6 standard deviations", [8, 64], _ => Steps(0, 6, 7),
            (d, s) => new(First(Normal(Count, d, 1), x => x + s), Normal(Count, d, 2)), Falls, Falls, Falls),
        new("cube", "two cubes share 20 % of their volume, and the samples grow from 100 to 10,000", [2],
            _ => [100, 300, 1000, 3000, 10_000],
            (d, n) => new(Uniform((int)n, d, 1) + (1 - Math.Pow(0.2, 1.0 / d)), Uniform((int)n, d, 2)), Stays, Stays, Stays),
        new("sphere", "the radius of a sphere grows from 0.1 to 1.9 times the real one", [2, 16, 128], _ => Steps(0.1, 1.9, 13),
            (d, r) => new(OnSphere(Count, d, 1) * r, OnSphere(Count, d, 2)), Bell, Bell, Bell),
        new("modes fade", "one of ten modes gets all samples bit by bit", All3, _ => Steps(0, 1, 11),
            (d, p) => new(InModes(d, 1, i => p * Count > i ? 0 : i % Modes), InModes(d, 2, i => i % Modes)), Falls, Stays, Falls),
        new("modes drop", "ten modes are lost one after the other", All3, _ => Steps(0, Modes - 1, Modes),
            (d, k) => new(InModes(d, 1, i => i % (Modes - (int)k)), InModes(d, 2, i => i % Modes)), Falls, Stays, Falls),
        new("modes invented", "five modes that are not real are made one after the other", All3, _ => Steps(0, 5, 6),
            (d, k) => new(InModes(d, 1, i => i % (5 + (int)k)), InModes(d, 2, i => i % 5)), Falls, Falls, Stays),
        new("one for two", "two real modes move apart, and one mode in the middle is made", All3, _ => Steps(0, 6, 7),
            (d, s) => new(Normal(Count, d, 1), Normal(Count, d, 2) + (s * Signs(Count))), Falls, Falls, Falls),
        new("rounded", "samples are rounded, from not at all to steps of 4 standard deviations", All3, _ => Steps(0, 4, 5),
            (d, s) => new(s == 0 ? Normal(Count, d, 1) : (Normal(Count, d, 1) / s).round() * s, Normal(Count, d, 2)), Falls, Falls, Falls),
        new("torus", "a sphere is real, and a sphere, then a torus is made", [3], _ => [0, 1],
            (d, t) => new(t == 0 ? OnSphere(Count, d, 1) : OnTorus(Count, 1), OnSphere(Count, d, 2)), Falls, Falls, Falls),
        new("centre", "samples are drawn from an ever smaller middle of a cube", [2, 8], _ => Steps(0, 0.9, 7),
            (d, s) => new((Uniform(Count, d, 1) * (1 - s)) + (s / 2), Uniform(Count, d, 2)), Falls, Any, Falls),
        new("two points", "ever more samples are one of two points that have the right mean", [64], _ => Steps(0, 1, 6),
            (d, p) => new(TwoPoints(d, 1, p), Unit(d, 2)), Falls, Any, Falls),
        new("copies", "ever more samples are copies of training samples", [8], _ => Steps(0, 1, 5),
            (d, p) => new(cat([Normal(Count, d, 3).narrow(0, 0, (long)(p * Count)), Normal(Count - (int)(p * Count), d, 1)]),
                Normal(Count, d, 2), Normal(Count, d, 3)), Any, Any, Any, Memorisation: Falls));

    // As far as there is still some overlap: a distance of equal shifts grows with the root of the number of features.
    private static double[] Shifts(int d) => Steps(-1, 1, 13).Select(s => s * (d == 1 ? 6 : d <= 8 ? 3 : 1)).ToArray();

    private static double[] Steps(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => from + ((to - from) * i / (count - 1)))];

    private static double[] Powers(int most) => [.. Steps(-most, most, 13).Select(e => Math.Pow(2, e))];

    private static Tensor Normal(int n, int d, ulong seed) => Random(seed, g => randn(n, d, dtype: ScalarType.Float64, generator: g));

    private static Tensor Uniform(int n, int d, ulong seed) => Random(seed, g => rand(n, d, dtype: ScalarType.Float64, generator: g));

    private static Tensor Random(ulong seed, Func<Generator, Tensor> draw)
    {
        using var random = new Generator(seed);
        return draw(random);
    }

    private static Tensor Pareto(int n, int d, ulong seed)
    {
        var u = (Uniform(n, d, seed) * 2) - 1; // (n, d), in (-1, 1)
        return u.sign() * ((1 - u.abs()).clamp_min(1e-12).pow(-1.0 / 3) - 1);
    }

    private static Tensor Outlier(Tensor x)
    {
        x[0].fill_(100);
        return x;
    }

    private static Tensor First(Tensor x, Func<Tensor, Tensor> change)
    {
        var column = x.select(1, 0);
        column.copy_(change(column).clone());
        return x;
    }

    private static Tensor OnSphere(int n, int d, ulong seed)
    {
        var x = Normal(n, d, seed);
        return x / x.norm(1, keepdim: true);
    }

    private static Tensor OnTorus(int n, ulong seed)
    {
        var angles = Uniform(n, 2, seed) * (2 * Math.PI);
        var (u, v) = (angles.select(1, 0), angles.select(1, 1));
        var far = (v.cos() * 0.25) + 0.75;
        return stack([far * u.cos(), far * u.sin(), v.sin() * 0.25], 1);
    }

    private static Tensor InModes(int d, ulong seed, Func<int, int> mode) =>
        Normal(Count, d, seed) + tensor([.. Enumerable.Range(0, Count).Select(i => 10.0 * mode(i))]).unsqueeze(1);

    private static Tensor Signs(int n) => tensor([.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? 1.0 : -1)]).unsqueeze(1);

    // Unit vectors about a direction, as embeddings are.
    private static Tensor Unit(int d, ulong seed)
    {
        var x = Normal(Count, d, seed) + 1;
        return x / x.norm(1, keepdim: true);
    }

    private static Tensor TwoPoints(int d, ulong seed, double share)
    {
        var x = Unit(d, seed);
        var mean = Unit(d, 3).mean([0]); // (d), shorter than 1: two unit vectors can have it
        var aside = ones(d, ScalarType.Float64);
        aside.select(0, 0).fill_(1.0 - d);
        aside /= aside.norm(); // upright on the direction
        var reach = (1 - mean.square().sum()).sqrt();
        x.slice(0, 0, (long)(share * Count), 1).copy_(mean + (Signs((int)(share * Count)) * aside * reach));
        return x;
    }
}
