using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>What is done to a generator so that it draws faster; it draws the same samples, up to rounding.</summary>
[Flags]
public enum InferenceForms
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Batch normalisation goes into the convolution before it, which is exact in evaluation mode.</summary>
    Folded = 1,

    /// <summary>Transposed convolutions that libtorch is slow in are computed in another way. Of images the first one, whose input has one
    /// place, and those with few outputs, as the last one, become matrix products; of sounds all become convolutions with more outputs
    /// (sub-pixel convolution).</summary>
    Dense = 2,

    /// <summary>Weights of 2-D convolutions lie in memory with the channels of a place side by side (PyTorch's channels_last), and the maps
    /// follow them.</summary>
    ChannelsLast = 4,
}

/// <summary>Copies of generators for drawing alone.</summary>
/// <example><code>using var g = GeneratorFile.Load("generator.safetensors");
/// using var fast = InferenceCopy.Of(g, InferenceForms.Folded | InferenceForms.ChannelsLast);</code></example>
public static class InferenceCopy
{
    private static readonly (InferenceForms Form, Func<LatentGenerator, bool> Make, string Problem)[] Steps =
    [
        (InferenceForms.Folded, Fold,
            "has no batch normalisation right after a convolution or a linear layer, so there is nothing to fold"),
        (InferenceForms.Dense, Densify,
            "has no transposed convolution of sounds, of one place or of few outputs, so no other form is better"),
        (InferenceForms.ChannelsLast, Relayout, "has no 2-D convolution, so there is no order of channels to choose"),
    ];

    /// <summary>Makes one.</summary>
    /// <param name="generator">A generator of an architecture that has files (<see cref="GeneratorFile"/>), on any device; it stays as it
    /// is.</param>
    /// <param name="forms">What is done to the copy. Where the generator's training goes on, the copy does not follow.</param>
    /// <returns>A generator of the same kind, device and dtype, in evaluation mode. Its samples equal the generator's to about 1e-6 in
    /// float32. It is no generator to train, and no file can be made of it. The global random state stays. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">A form does not fit the generator (says why), or the generator is of another kind.</exception>
    public static LatentGenerator Of(LatentGenerator generator, InferenceForms forms)
    {
        var copy = GeneratorFile.Copy(generator);
        try
        {
            copy.eval();
            foreach (var (form, make, problem) in Steps)
            {
                if (forms.HasFlag(form) && !make(copy))
                {
                    throw new ArgumentException($"This {generator.GetType().Name} {problem}.", nameof(forms));
                }
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>The forms that fit a generator, of which the copy is made: all that change something.</summary>
    /// <param name="generator">As in <see cref="Of"/>.</param>
    public static InferenceForms Fitting(LatentGenerator generator)
    {
        using var copy = GeneratorFile.Copy(generator);
        return Steps.Where(s => s.Make(copy)).Aggregate(InferenceForms.None, (all, s) => all | s.Form);
    }

    private static bool Fold(LatentGenerator copy) => Count(copy, part => part.FoldNormalization()) > 0;

    private static bool Densify(LatentGenerator copy) => Count(copy, part => part.MakeDense()) > 0;

    private static int Count(LatentGenerator copy, Func<IInferenceForm, bool> change) =>
        copy.modules().Prepend(copy).OfType<IInferenceForm>().ToList().Count(change);

    private static bool Relayout(LatentGenerator copy)
    {
        using var noGrad = no_grad();
        var weights = copy.parameters().Where(p => p.dim() == 4).ToList();
        foreach (var weight in weights)
        {
            using var scope = NewDisposeScope();
            weight.set_(weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)); // on a GPU too
        }

        return weights.Count > 0;
    }
}
