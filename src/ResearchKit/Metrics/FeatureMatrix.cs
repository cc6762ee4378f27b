namespace ResearchKit.Metrics;

/// <summary>The one place where features are checked and brought into the shape that every metric computes with.</summary>
internal static class FeatureMatrix
{
    /// <summary>Checks one set.</summary>
    /// <returns>The features on the CPU, without gradient, in float64; in the current scope.</returns>
    public static Tensor Checked(Tensor features, string name, long minimumRows = 2)
    {
        ArgumentNullException.ThrowIfNull(features, name);
        if (features.dim() != 2 || features.shape[1] < 1)
        {
            throw new ArgumentException($"{Capital(name)} features have shape ({string.Join(", ", features.shape)}); give one row a " +
                $"sample: (N, D) with D >= 1.", name);
        }

        if (!features.is_floating_point())
        {
            throw new ArgumentException($"{Capital(name)} features are {features.dtype}; give float32 or float64 numbers.", name);
        }

        if (features.shape[0] < minimumRows)
        {
            throw new ArgumentException($"{Capital(name)} features have {Rows(features.shape[0])}; this metric needs at least " +
                $"{minimumRows}.", name);
        }

        var result = features.detach().to(CPU).to(ScalarType.Float64);
        RequireFinite(result, name);
        return result;
    }

    /// <summary>Checks two sets and that they are as wide as each other.</summary>
    public static (Tensor Generated, Tensor Real) Checked(Tensor generated, Tensor real, long minimumRows = 2)
    {
        var pair = (Checked(generated, nameof(generated), minimumRows), Checked(real, nameof(real), minimumRows));
        RequireSameWidth(generated.shape[1], real.shape[1]);
        return pair;
    }

    public static void RequireSameWidth(long generated, long real)
    {
        if (generated != real)
        {
            throw new ArgumentException($"Generated features are {generated} wide and real ones {real}; take both from the same layer " +
                $"of the same network.", nameof(generated));
        }
    }

    private static void RequireFinite(Tensor features, string name)
    {
        using var scope = NewDisposeScope();
        if (features.sum().isfinite().item<bool>())
        {
            return; // one pass without a mask of the matrix's size; an infinite sum of finite numbers is told apart below
        }

        var bad = features.isfinite().all(1).logical_not(); // (N)
        var count = bad.sum().item<long>();
        if (count > 0)
        {
            throw new ArgumentException($"{Capital(name)} features are NaN or infinite in {count} of {Rows(features.shape[0])}, first " +
                $"in row {bad.to(ScalarType.Byte).argmax().item<long>()} (counted from 0); leave such samples out.", name);
        }
    }

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
