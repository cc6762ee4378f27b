using System.Globalization;
using ResearchKit.Data;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>What becomes of images before a feature network's first layer.</summary>
/// <param name="Size">Height and width that the network takes.</param>
/// <param name="Channels">3 for RGB, or 1 for grey.</param>
/// <param name="Resizer">How an image of another size is brought to it; its proportions are lost.</param>
/// <param name="Divisor">One number a channel, or one for all: values 0 to 255 are divided by it.</param>
/// <param name="Offset">Then this is taken away, likewise.</param>
public sealed record ImagePreparation(int Size, int Channels, ImageResizer Resizer, IReadOnlyList<double> Divisor,
    IReadOnlyList<double> Offset)
{
    /// <summary>Prepares images of one size.</summary>
    /// <param name="images">uint8, shape (B, C, H, W), C being 1 or 3; grey becomes three equal channels, colours their ITU-R 601-2 luma,
    /// as the network asks.</param>
    /// <returns>float32, shape (B, <see cref="Channels"/>, <see cref="Size"/>, <see cref="Size"/>), on the images' device. The caller
    /// disposes it.</returns>
    /// <exception cref="ArgumentException">A dtype or a shape is another.</exception>
    public Tensor Apply(Tensor images)
    {
        ThrowIf(images.dtype != ScalarType.Byte || images.dim() != 4 || images.shape[1] is not (1 or 3),
            $"Images must be uint8 of shape (N, C, H, W) with 1 or 3 channels, not {images.dtype} of shape {Shape(images)}.",
            nameof(images));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = (images.shape[1], Channels) switch
        {
            (3, 1) => ImageFile.Luma(images),
            (1, 3) => images.expand(-1, 3, -1, -1),
            _ => images,
        };
        var x = values.to(ScalarType.Float32).contiguous(); // (B, C, H, W)
        x = x.shape[2] == Size && x.shape[3] == Size ? x : Resizer.Apply(x, Size); // (B, C, S, S)
        return x.div_(Channelwise(Divisor, x)).sub_(Channelwise(Offset, x)).MoveToOuterDisposeScope();
    }

    /// <summary>As results carry it.</summary>
    public override string ToString() => $"{(Channels == 1 ? "grey" : "RGB")}, {Size} x {Size} by {Resizer.Name}" +
        (Divisor.All(d => d == 1) && Offset.All(o => o == 0) ? "" : $", v / {Text(Divisor)} - {Text(Offset)}");

    private static Tensor Channelwise(IReadOnlyList<double> numbers, Tensor x) =>
        tensor(numbers.Select(n => (float)n).ToArray(), device: x.device).reshape(1, -1, 1, 1);

    private static string Text(IReadOnlyList<double> numbers) =>
        string.Join(' ', numbers.Select(n => n.ToString("G6", CultureInfo.InvariantCulture))) is var text && numbers.Count == 1
            ? text
            : $"({text})";
}
