using ResearchKit.Imaging;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class ImageGridTests
{
    [Fact]
    public void Puts_every_image_into_its_cell()
    {
        var images = arange(5, ScalarType.Byte).mul(40).reshape(5, 1, 1, 1).expand(5, 1, 3, 2);
        var grid = ImageGrid.Of(images, columns: 3, scale: 2);
        var (width, height, channels, pixels) = Decode(grid.Png);
        Assert.Equal((grid.Width, grid.Height, 1), (width, height, channels));
        Assert.Equal((3 * (4 + 2) + 2, 2 * (6 + 2) + 2), (width, height));
        for (var i = 0; i < 5; i++)
        {
            int left = 2 + i % 3 * 6, top = 2 + i / 3 * 8;
            Assert.Equal(i * 40, pixels[top * width + left]);
            Assert.Equal(i * 40, pixels[(top + 5) * width + left + 3]);
            Assert.Equal(255, pixels[(top - 1) * width + left]);
        }
    }

    [Fact]
    public void A_caption_stands_above_and_labels_beside_their_rows()
    {
        var images = full([4, 1, 20, 20], 100, ScalarType.Byte);
        var grid = ImageGrid.Of(images, columns: 2, scale: 1, caption: "Four", rowLabels: ["a", "step 2"]);
        var (width, height, _, pixels) = Decode(grid.Png);
        const int label = 6 * 8 + 2 * 4;
        Assert.Equal((label + 2 * 21 + 1, 20 + 2 * 21 + 1), (width, height));
        bool HasInk(int left, int top, int right, int bottom) => Enumerable.Range(top, bottom - top)
            .Any(y => Enumerable.Range(left, right - left).Any(x => pixels[y * width + x] < 100));
        Assert.True(HasInk(4, 0, 4 + 4 * 8, 18)); // the caption
        Assert.False(HasInk(0, 20, label - 4 - 8, 20 + 21)); // "a" is short and ends at the images
        Assert.True(HasInk(label - 4 - 8, 20, label - 4, 20 + 21));
        Assert.True(HasInk(4, 20 + 21, 4 + 8, height)); // "step 2"
        Assert.Equal(100, pixels[21 * width + label + 1]);
        var wide = ImageGrid.Of(images, columns: 4, caption: "A caption that is wider than four small images side by side");
        Assert.Equal(8 * wide.Caption.Length + 8, wide.Width);
        var small = ImageGrid.Of(images[.., .., ..8, ..8], columns: 2, scale: 1, rowLabels: ["a", "b"]);
        Assert.Equal(16 + 9, small.Height); // the last label is higher than its images
        var error = Assert.Throws<ArgumentException>(() => ImageGrid.Of(images, columns: 2, rowLabels: ["one"]));
        Assert.StartsWith("4 images in 2 columns are 2 rows; 1 labels were given.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_letter_of_a_caption_is_drawn_and_others_are_question_marks()
    {
        byte[] Drawn(string words)
        {
            var pixels = new byte[Lettering.Width(words) * Lettering.Height];
            Lettering.Draw(pixels, Lettering.Width(words), channels: 1, left: 0, top: 0, words);
            return pixels;
        }

        var glyphs = Lettering.Letters.Select(l => Convert.ToHexString(Drawn($"{l}"))).ToList();
        Assert.Equal(glyphs.Count, glyphs.Distinct().Count()); // the strip has them all
        Assert.All(Drawn(" "), ink => Assert.Equal(255, ink));
        Assert.Equal(Drawn("?"), Drawn("生"));
    }

    [Fact]
    public void Keeps_the_channels_of_colour_images_in_order()
    {
        var image = stack([ones(1, 1), zeros(1, 1), -ones(1, 1)]).reshape(1, 3, 1, 1);
        var (width, _, channels, pixels) = Decode(ImageGrid.Of(image, scale: 1).Png);
        Assert.Equal(3, channels);
        Assert.Equal([255, 128, 0], pixels[((width + 1) * 3)..((width + 2) * 3)]);
    }

    [Fact]
    public void Clamps_what_is_out_of_range_and_survives_NaN()
    {
        var image = tensor(new[] { -5f, 5f, float.NaN }).reshape(1, 1, 1, 3);
        var (width, _, _, pixels) = Decode(ImageGrid.Of(image, scale: 1).Png);
        Assert.Equal([0, 255, 0], pixels[(width + 1)..(width + 4)]);
    }

    [Fact]
    public void Refuses_other_shapes()
    {
        Assert.Throws<ArgumentException>(() => ImageGrid.Of(zeros(2, 2, 4, 4)));
        Assert.Throws<ArgumentException>(() => ImageGrid.Of(zeros(4, 4)));
        Assert.Throws<ArgumentException>(() => ImageGrid.Of(zeros(0, 1, 4, 4)));
    }

    [Fact]
    public void Saves_whole_files_only()
    {
        using var folder = new TemporaryFolder();
        var grid = ImageGrid.Of(zeros(1, 1, 4, 4));
        grid.Save(Path.Combine(folder["new"], "grid.png"));
        Assert.Equal("grid.png", Path.GetFileName(Assert.Single(Directory.GetFiles(folder["new"]))));
        Assert.Equal(grid.Png, File.ReadAllBytes(Path.Combine(folder["new"], "grid.png")));
    }

    private static (int Width, int Height, int Channels, byte[] Pixels) Decode(byte[] png)
    {
        var image = PngFrames.Decode(png);
        return (image.Width, image.Height, image.Channels, Assert.Single(image.Frames).Pixels);
    }
}
