namespace ResearchKit.Models.Translation;

/// <summary>A generator that turns images of one kind into images of another, of the same size.</summary>
public abstract class ImageTranslator : nn.Module<Tensor, Tensor>
{
    /// <summary>Fixes the channels.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="inputs">Channels of the images that go in, at least 1.</param>
    /// <param name="outputs">Channels of the images that come out, at least 1.</param>
    /// <param name="features">Width of the outer hidden layers, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    protected ImageTranslator(string name, int inputs, int outputs, int features)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Inputs, Outputs, Features) = (inputs, outputs, features);
    }

    /// <summary>Channels of the images that go in.</summary>
    public int Inputs { get; }

    /// <summary>Channels of the images that come out.</summary>
    public int Outputs { get; }

    /// <summary>Width of the outer hidden layers (ngf).</summary>
    public int Features { get; }

    /// <summary>The sides of its images are multiples of this number of pixels.</summary>
    public abstract int SizeStep { get; }

    /// <summary>Translates images.</summary>
    /// <param name="input">Shape (B, Inputs, H, W), H and W multiples of <see cref="SizeStep"/>; [-1, 1] is black to white.</param>
    /// <returns>Shape (B, Outputs, H, W), in [-1, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A side is no multiple.</exception>
    public override Tensor forward(Tensor input) =>
        input.dim() == 4 && input.shape[2] % SizeStep == 0 && input.shape[3] % SizeStep == 0
            ? Translate(input)
            : throw new ArgumentException($"{GetName()} takes images of shape (B, {Inputs}, H, W) with sides that are multiples of " +
                $"{SizeStep} pixels, not ({string.Join(", ", input.shape)}): scale or cut them first.", nameof(input));

    /// <summary>Translates images of a size that fits.</summary>
    /// <param name="x">Shape (B, Inputs, H, W).</param>
    /// <returns>Shape (B, Outputs, H, W). The caller disposes it.</returns>
    protected abstract Tensor Translate(Tensor x);
}
