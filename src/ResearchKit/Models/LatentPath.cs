namespace ResearchKit.Models;

/// <summary>Paths between latent vectors.</summary>
public static class LatentPath
{
    /// <summary>Spherical interpolation: the points between two normal vectors that keep the length a generator was trained on.</summary>
    /// <param name="from">z at the start, shape (B, Z).</param>
    /// <param name="to">z at the end, shape (B, Z).</param>
    /// <param name="steps">Points on each path, both ends included, at least 2.</param>
    /// <returns>Shape (B * steps, Z): the whole path of the first pair, then of the second, ... The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not of rank 2.</exception>
    /// <remarks>White, arXiv:1609.04468, section 2.1: slerp(t) = sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b, with w the angle between
    /// a and b. Nearly parallel pairs go straight.</remarks>
    public static Tensor Spherical(Tensor from, Tensor to, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        using var t = linspace(0, 1, steps, dtype: from.dtype, device: from.device); // (S)
        return Arc(from, to, t);
    }

    /// <summary>One point of each of the same paths.</summary>
    /// <param name="from">z at the start, shape (B, Z).</param>
    /// <param name="to">z at the end, shape (B, Z).</param>
    /// <param name="at">How far along, from 0 to 1.</param>
    /// <returns>Shape (B, Z). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not of rank 2.</exception>
    public static Tensor Between(Tensor from, Tensor to, double at)
    {
        using var t = full(1, at, from.dtype, from.device); // (1)
        return Arc(from, to, t);
    }

    private static Tensor Arc(Tensor from, Tensor to, Tensor times)
    {
        if (from.dim() != 2 || !from.shape.SequenceEqual(to.shape))
        {
            throw new ArgumentException($"Both ends must have one shape (B, Z), not ({string.Join(", ", from.shape)}) and " +
                $"({string.Join(", ", to.shape)}).", nameof(to));
        }

        using var scope = NewDisposeScope();
        var cosine = (from * to).sum(1) / (from.norm(1) * to.norm(1)); // (B)
        var angle = cosine.clamp(-1, 1).acos().reshape(-1, 1, 1); // (B, 1, 1)
        var t = times.reshape(1, -1, 1); // (1, S, 1)
        var straight = angle.sin() < 1e-4; // (B, 1, 1)
        var sine = where(straight, ones_like(angle), angle.sin());
        var weightFrom = where(straight, 1 - t, ((1 - t) * angle).sin() / sine); // (B, S, 1)
        var weightTo = where(straight, t, (t * angle).sin() / sine); // (B, S, 1)
        var path = weightFrom * from.unsqueeze(1) + weightTo * to.unsqueeze(1); // (B, S, Z)
        return path.reshape(-1, from.shape[1]).MoveToOuterDisposeScope();
    }

    /// <summary>A round trip: from each stop to the next by <see cref="Spherical"/>, from the last one to the first, no point
    /// twice.</summary>
    /// <param name="stops">z at the stops, shape (K, B, Z), K >= 2: B trips at once.</param>
    /// <param name="steps">Points from one stop to the next, the stop itself included, at least 1.</param>
    /// <returns>Shape (K * steps, B, Z). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static Tensor Loop(Tensor stops, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (stops.dim() != 3 || stops.shape[0] < 2)
        {
            throw new ArgumentException($"The stops must have shape (K, B, Z) with at least 2 stops, not ({string.Join(", " +
                "", stops.shape)}).", nameof(stops));
        }

        using var scope = NewDisposeScope();
        var (count, trips, size) = (stops.shape[0], stops.shape[1], stops.shape[2]);
        var next = stops.roll(-1, 0); // (K, B, Z)
        // (K, B, S + 1, Z)
        var paths = Spherical(stops.reshape(-1, size), next.reshape(-1, size), steps + 1).reshape(count, trips, steps + 1, size);
        return paths.narrow(2, 0, steps).permute(0, 2, 1, 3).reshape(-1, trips, size).MoveToOuterDisposeScope(); // (K * S, B, Z)
    }
}
