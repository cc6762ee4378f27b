using ResearchKit.Data.Toy;
using ResearchKit.Imaging;
using ResearchKit.Runtime;
using SkiaSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class PointImageTests
{
    private static readonly GaussianMixture Two = new("two", [[-1, 0], [1, 0]], [0.05, 0.05]); // drawn from -1.4 to 1.4

    public PointImageTests() => SkiaLibrary.EnsureLoaded();

    [Fact]
    public void A_point_is_drawn_where_it_is_and_others_leave_no_trace()
    {
        using var points = tensor(new double[,] { { 0.35, 0.7 }, { double.NaN, 0 }, { 1e9, 1e9 } });
        using var image = SKBitmap.Decode(PointImage.Draw(points, Two, size: 100));
        Assert.Equal((100, 100), (image.Width, image.Height));
        Assert.True(image.GetPixel(62, 25).Red < 40); // x: (0.35 + 1.4) / 2.8, y: (1.4 - 0.7) / 2.8
        var dark = Enumerable.Range(0, 10_000).Count(i => image.GetPixel(i % 100, i / 100).Red < 40);
        Assert.Equal(1, dark);
    }

    [Fact]
    public void Circles_of_six_deviations_mark_the_modes()
    {
        using var none = tensor(new double[,] { { 1e9, 1e9 } });
        using var image = SKBitmap.Decode(PointImage.Draw(none, Two, size: 100));
        Assert.Equal(new SKColor(230, 159, 0), image.GetPixel((int)((1 + 0.3 + 1.4) / 2.8 * 100), 50)); // right end of the right circle
        Assert.Equal(SKColors.White, image.GetPixel(50, 50));
    }

    [Fact]
    public void Other_shapes_are_told()
    {
        using var line = zeros(5, 1);
        Assert.Contains("needs shape (N, 2)", Assert.Throws<ArgumentException>(() => PointImage.Draw(line, Two)).Message,
            StringComparison.Ordinal);
        using var plane = zeros(5, 2);
        Assert.Contains("1 dimension", Assert.Throws<ArgumentException>(() => PointImage.Draw(plane,
            GaussianMixture.OnLine((0, 1, 1)))).Message, StringComparison.Ordinal);
    }
}
