namespace ResearchKit.Models.Layers;

/// <summary>Picks one frame of each clip: while it is trained a random one, in evaluation mode the middle one.</summary>
/// <remarks>Each frame of a clip is as likely as the others. Drawn from the global random generator on the CPU.</remarks>
public sealed class RandomFrame() : nn.Module<Tensor, Tensor>(nameof(RandomFrame))
{
    /// <summary>Picks.</summary>
    /// <param name="input">Clips, shape (B, C, T, H, W).</param>
    /// <returns>Frames, shape (B, C, H, W). The caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        var (count, frames) = (input.shape[0], input.shape[2]);
        if (!training)
        {
            return input.select(2, frames / 2);
        }

        using var scope = NewDisposeScope();
        var rows = (arange(count) * frames) + randint(0, frames, [count], ScalarType.Int64); // (B)
        return input.transpose(1, 2).flatten(0, 1).index_select(0, rows.to(input.device)).MoveToOuterDisposeScope();
    }
}
