using System.Runtime.CompilerServices;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>What checks of arguments share.</summary>
internal static class Arguments
{
    /// <summary>Refuses an argument.</summary>
    /// <exception cref="ArgumentException">Something is wrong with it.</exception>
    public static void ThrowIf(bool isWrong, string problem, string? name = null)
    {
        if (isWrong)
        {
            throw new ArgumentException(problem, name);
        }
    }

    /// <summary>Refuses a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside its range.</exception>
    public static void ThrowIfOutside(bool isOutside, double? value, string problem,
        [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (isOutside)
        {
            throw new ArgumentOutOfRangeException(name, value, problem);
        }
    }

    /// <summary>A tensor's shape for an error text.</summary>
    public static string Shape(Tensor? tensor) => $"({string.Join(", ", tensor?.shape ?? [])})";
}

/// <summary>The one place where features are checked and brought into the shape that every metric computes with.</summary>
internal static class FeatureMatrix
{
    /// <summary>Checks one set.</summary>
    /// <returns>The features on the CPU, without gradient, in float64; in the current scope.</returns>
    public static Tensor Checked(Tensor features, string name, long minimumRows = 2)
    {
        ArgumentNullException.ThrowIfNull(features, name);
        var what = $"{char.ToUpperInvariant(name[0])}{name[1..]} features";
        ThrowIf(features.dim() != 2 || features.shape[1] < 1,
            $"{what} have shape {Shape(features)}; give one row a sample: (N, D) with D >= 1.", name);
        ThrowIf(!features.is_floating_point(), $"{what} are {features.dtype}; give float32 or float64 numbers.", name);
        var rows = features.shape[0] == 1 ? "1 row" : $"{features.shape[0]} rows";
        ThrowIf(features.shape[0] < minimumRows, $"{what} have {rows}; this metric needs at least {minimumRows}.", name);
        var result = features.detach().to(CPU).to(ScalarType.Float64);
        using var scope = NewDisposeScope();
        if (!result.sum().isfinite().item<bool>()) // one pass without a mask of the matrix's size
        {
            var bad = result.isfinite().all(1).logical_not(); // (N); none where only the sum of finite numbers overflowed
            var count = bad.sum().item<long>();
            ThrowIf(count > 0, $"{what} are NaN or infinite in {count} of {rows}, first in row " +
                $"{bad.to(ScalarType.Byte).argmax().item<long>()} (counted from 0); leave such samples out.", name);
        }

        return result;
    }

    /// <summary>Checks two sets and that they are as wide as each other.</summary>
    public static (Tensor Generated, Tensor Real) Checked(Tensor generated, Tensor real, long minimumRows = 2)
    {
        var pair = (Checked(generated, nameof(generated), minimumRows), Checked(real, nameof(real), minimumRows));
        RequireSameWidth(generated.shape[1], real.shape[1]);
        return pair;
    }

    public static void RequireSameWidth(long generated, long other, string name = "real") => ThrowIf(generated != other,
        $"Generated features are {generated} wide and {name} ones {other}; take both from the same layer of the same network.",
        nameof(generated));
}
