namespace ResearchKit.Models.Layers;

/// <summary>Picks frames of each clip: while it is trained at random, and one may come twice; in evaluation mode those in the middle of
/// equal parts.</summary>
/// <remarks>Each frame of a clip is as likely as the others. Drawn from the global random generator on the CPU.</remarks>
/// <param name="count">K: how many of each clip, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
public sealed class RandomFrames(int count = 1) : nn.Module<Tensor, Tensor>(nameof(RandomFrames))
{
    /// <summary>K: how many of each clip.</summary>
    public int Count { get; } = count >= 1 ? count : throw new ArgumentOutOfRangeException(nameof(count), count, "It must be at least 1.");

    /// <summary>Picks.</summary>
    /// <param name="input">Clips, shape (B, C, T, H, W).</param>
    /// <returns>Frames, shape (B K, C, H, W): those of the first clip first. The caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (clips, frames) = (input.shape[0], input.shape[2]);
        var picked = training
            ? randint(0, frames, [clips, Count], ScalarType.Int64) // (B, K)
            : (((arange(Count) * 2) + 1) * frames).div(2L * Count, RoundingMode.floor).to(ScalarType.Int64).expand(clips, Count);
        var rows = (arange(clips).unsqueeze(1) * frames) + picked; // (B, K)
        return input.transpose(1, 2).flatten(0, 1).index_select(0, rows.flatten().to(input.device)).MoveToOuterDisposeScope();
    }
}
