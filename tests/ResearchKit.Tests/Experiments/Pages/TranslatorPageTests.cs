using Microsoft.Playwright;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Pages;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models.Translation;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Pages;

/// <summary>The page in Chromium.</summary>
public sealed class TranslatorPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Networks => ["unet-batch", "unet-instance", "resnet", "grey-to-colour", "colour-to-grey"];

    /// <summary>One generator of each kind, with statistics of a batch that are not those of a new network: the image on the page is the
    /// kit's, in every byte but for roundings.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public async Task What_the_page_shows_of_an_example_is_what_the_kit_makes_of_it(string which)
    {
        var (values, expected, wanted, colour) = Write(which);
        await Browser.InPageAsync(_folder["page.html"], async page =>
        {
            var computed = await page.EvaluateAsync<double[]>("x => Array.from(translate(x))", values);
            Assert.Equal(expected.Length, computed.Length);
            Assert.InRange(expected.Zip(computed, (a, b) => Math.Abs(a - b)).Max(), 0, 2e-5);
            Assert.True(expected.Max() - expected.Min() > 0.2);

            await page.GetByRole(AriaRole.Button, new() { Name = "example 2" }).ClickAsync();
            var shown = await Pixels(page, "made");
            Assert.InRange(wanted.Zip(shown, (a, b) => Math.Abs(a - b)).Max(), 0, 1);
            Assert.Equal(colour, await page.Locator("#colours").IsVisibleAsync());
        });
    }

    [Fact]
    public async Task Strokes_are_drawn_and_translated()
    {
        using var tones = TranslatorFile.Load(PretrainedGenerators.Resolve("pretrained:tones"));
        using var examples = Two("emoji-tones-32", "test:yellow");
        TranslatorPage.Write(_folder["page.html"], tones.AToB, 32, examples, title: "Tones & <more>", credit: "By <them>.");
        await Browser.InPageAsync(_folder["page.html"], async page =>
        {
            Assert.Equal("Tones & <more>", await page.TitleAsync());
            Assert.Contains("365,379 parameters for images of 32 x 32 pixels. By <them>. Made", await page.InnerTextAsync("main"));
            Assert.Equal(2, await page.Locator("#examples button").CountAsync());
            await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
            var (white, empty) = (await Pixels(page, "drawing"), await Pixels(page, "made"));
            Assert.All(white, v => Assert.Equal(255, v));
            var box = (await page.Locator("#drawing").BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(box.X + 60, box.Y + 60);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(box.X + 280, box.Y + 200, new() { Steps = 30 });
            await page.Mouse.UpAsync();
            await page.Mouse.MoveAsync(box.X + 20, box.Y + 300); // with the pen up
            var (drawn, made) = (await Pixels(page, "drawing"), await Pixels(page, "made"));
            Assert.InRange(drawn.Count(v => v == 0), 3 * 260 * 9, 3 * 275 * 13); // a line of 261 by 11 pixels, with round ends
            Assert.True(made.Zip(empty, (a, b) => Math.Abs(a - b)).Max() > 50);

            Assert.InRange(Translated(tones.AToB, drawn).Zip(made, (a, b) => Math.Abs(a - b)).Max(), 0, 1);

            var speed = await page.Locator("#speed").InnerTextAsync();
            TestContext.Current.TestOutputHelper!.WriteLine(speed);
            Assert.Matches(@"^\d+\.\d ms an image, \d+ a second$", speed);
            await page.Mouse.ClickAsync(box.X + 100, box.Y + 300, new() { Button = MouseButton.Right });
            Assert.Equal(drawn, await Pixels(page, "drawing"));
            await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
            Assert.Equal(empty, await Pixels(page, "made"));
        });
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        using var small = new UNetTranslator(3, features: 1);
        using var grey = Two("digits", "test");
        using var wide = new UNetTranslator(5, features: 64);
        using var many = new UNetTranslator(2, inputs: 6, features: 1);
        Refused("a multiple of 8 pixels, not 30", small, 30);
        Refused("The examples have 1 channels of 28 x 28 pixels, and the generator takes 3 of 32 x 32.", small, 32, grey);
        Refused("This generator has 16,659,075 parameters, and a page holds at most 16,000,000: train a narrower one", wide, 32);
        Refused("translates 6 channels into 3, and a page shows images of 1 or 3.", many, 32);
        Assert.False(File.Exists(_folder["p.html"]));

        void Refused(string problem, ImageTranslator translator, int size, ImageSet? examples = null) => Assert.Contains(problem,
            Assert.Throws<ArgumentException>(() => TranslatorPage.Write(_folder["p.html"], translator, size, examples)).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static ImageSet Two(string set, string part)
    {
        using var all = DataCatalog.Find().LoadImages(set, part);
        return all.Select(arange(2));
    }

    // A page with two examples. Of the second: its values, the kit's image of it and that image's bytes; and whether it is in colour.
    // TorchSharp's scopes and no_grad belong to a thread, and an await may go on on another: so nothing of it stands in the async tests.
    private (double[] Values, float[] Made, byte[] Shown, bool Colour) Write(string which)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(3);
        using ImageTranslator translator = which switch
        {
            "unet-batch" => new UNetTranslator(levels: 5, features: 3),
            "unet-instance" => new UNetTranslator(3, features: 4, normalization: TranslationNormalization.Instance),
            "grey-to-colour" => new UNetTranslator(2, inputs: 1, features: 4),
            "colour-to-grey" => new UNetTranslator(2, outputs: 1, features: 4),
            _ => new ResNetTranslator(features: 3, blocks: 2),
        };
        foreach (var parameter in translator.parameters())
        {
            parameter.mul_(5); // outputs that are not nearly 0
        }

        for (var i = 0; i < 3; i++)
        {
            translator.call(rand(4, translator.Inputs, 32, 32)).Dispose(); // the statistics move
        }

        translator.eval();
        using var examples = new ImageSet("noise", randint(0, 256, [2, translator.Inputs, 32, 32], ScalarType.Byte)); // no symmetry at all
        using var x = examples.First(2);
        var made = translator.call(x)[1];
        TranslatorPage.Write(_folder["page.html"], translator, 32, examples);
        double[] values = [.. x[1].Floats()]; // Playwright hands on no other numbers
        return (values, made.Floats(), Shown(made.unsqueeze(0)), translator.Inputs == 3);
    }

    // What the kit makes of a drawing of 352 x 352 pixels.
    private static byte[] Translated(ImageTranslator translator, byte[] drawing)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var seen = tensor(drawing).reshape(1, 3, 352, 352).to(ScalarType.Float32);
        return Shown(translator.call((nn.functional.avg_pool2d(seen, 11) / 127.5) - 1));
    }

    private static byte[] Shown(Tensor image) => PixelValues.ToBytes(image).expand(1, 3, 32, 32).flatten().data<byte>().ToArray();

    // What a canvas shows after the next translation: red, green and blue, channel by channel.
    private static async Task<byte[]> Pixels(IPage page, string canvas)
    {
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        var rgba = await page.EvaluateAsync<int[]>("id => { const c = document.getElementById(id); " +
            "return Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data); }", canvas);
        return [.. Enumerable.Range(0, 3).SelectMany(c => rgba.Where((_, i) => i % 4 == c)).Select(v => (byte)v)];
    }
}
