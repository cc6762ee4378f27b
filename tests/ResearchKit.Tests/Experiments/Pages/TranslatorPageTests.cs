using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Pages;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models.Translation;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Pages;

/// <summary>The page in Chromium.</summary>
public sealed class TranslatorPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Networks => ["unet-batch", "unet-instance", "resnet", "grey-to-colour", "back"];

    /// <summary>One generator of each kind, with statistics of a batch that are not those of a new network.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public async Task The_network_in_the_page_computes_what_the_kit_computes(string which)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var there = which switch
        {
            "unet-batch" => new UNetTranslator(levels: 5, features: 3),
            "unet-instance" => new UNetTranslator(3, features: 4, normalization: TranslationNormalization.Instance),
            "grey-to-colour" => new UNetTranslator(2, inputs: 1, features: 4),
            _ => (ImageTranslator)new ResNetTranslator(features: 3, blocks: 2),
        };
        var back = which == "back" ? new UNetTranslator(2, features: 3) : null;
        using var all = new Translators(there, back);
        var translator = back ?? there;
        using (no_grad())
        {
            foreach (var parameter in all.parameters())
            {
                parameter.mul_(5); // outputs that are not nearly 0
            }
        }

        for (var i = 0; i < 3; i++)
        {
            translator.call(rand(4, translator.Inputs, 32, 32)).Dispose(); // the statistics move
        }

        all.eval();
        TranslatorFile.Save(all, _folder["g.safetensors"]);
        var x = rand(1, translator.Inputs, 32, 32) * 2 - 1;
        using var noGrad = no_grad();
        var expected = translator.call(x).Floats();
        TranslatorPage.Write(_folder["page.html"], _folder["g.safetensors"], 32, back: back is not null);

        await InPage(_folder["page.html"], async page =>
        {
            double[] values = [.. x.Floats()]; // Playwright hands on no other numbers
            var made = await page.EvaluateAsync<double[]>("x => Array.from(translate(x))", values);
            Assert.Equal(expected.Length, made.Length);
            Assert.InRange(expected.Zip(made, (a, b) => Math.Abs(a - b)).Max(), 0, 2e-5);
            Assert.True(expected.Max() - expected.Min() > 0.2);
        });
    }

    [Fact]
    public async Task Strokes_are_drawn_and_the_image_appears()
    {
        using var examples = Two("emoji-tones-32", "test:yellow");
        TranslatorPage.Write(_folder["page.html"], PretrainedGenerators.Resolve("pretrained:tones"), 32, examples, title: "Tones & <more>");
        await InPage(_folder["page.html"], async page =>
        {
            Assert.Equal("Tones & <more>", await page.TitleAsync());
            await Expect(page, 40); // the first example
            Assert.Equal(2, await page.Locator("#examples button").CountAsync());
            await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
            var empty = await Expect(page, 0);
            var box = (await page.Locator("#drawing").BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(box.X + 60, box.Y + 60);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(box.X + 280, box.Y + 200, new() { Steps = 30 });
            await page.Mouse.UpAsync();
            var drawn = await Expect(page, 5);
            Assert.NotEqual(empty, drawn);
            var speed = await page.Locator("#speed").InnerTextAsync();
            TestContext.Current.TestOutputHelper!.WriteLine(speed);
            Assert.Matches(@"^\d+\.\d ms an image, \d+ a second$", speed);
            var latency = double.Parse(Regex.Match(speed, @"[\d.]+").Value, CultureInfo.InvariantCulture);
            Assert.InRange(latency, 0.1, 1000); // 10 ms where nothing else runs
            await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
            Assert.Equal(empty, await Expect(page, 0));
            await page.GetByRole(AriaRole.Button, new() { Name = "example 2" }).ClickAsync();
            await Expect(page, 40);
        });

        // The image that was made, when as many of 100 of its pixels are not white.
        static async Task<int> Expect(IPage page, int coloured)
        {
            const string Count = "() => { const c = document.getElementById('made'), d = c.getContext('2d')" +
                ".getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length; i += 4) " +
                "if (d[i] + d[i + 1] + d[i + 2] < 600) n++; return Math.round(100 * n / (c.width * c.height)); }";
            await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            var share = await page.EvaluateAsync<int>(Count);
            Assert.InRange(share, coloured, coloured == 0 ? 2 : 100);
            return share;
        }
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        var tones = PretrainedGenerators.Resolve("pretrained:tones");
        Assert.Contains("a multiple of 8 pixels, not 30",
            Assert.Throws<ArgumentException>(() => TranslatorPage.Write(_folder["p.html"], tones, 30)).Message, StringComparison.Ordinal);
        using var grey = Two("digits", "test");
        Assert.Contains("The examples have 1 channels of 28 x 28 pixels, and the generator takes 3 of 32 x 32.",
            Assert.Throws<ArgumentException>(() => TranslatorPage.Write(_folder["p.html"], tones, 32, grey)).Message,
            StringComparison.Ordinal);
        using var one = new Translators(new UNetTranslator(2, features: 1));
        TranslatorFile.Save(one, _folder["g.safetensors"]);
        Assert.Contains("there is no way back", Assert.Throws<ArgumentException>(() =>
            TranslatorPage.Write(_folder["p.html"], _folder["g.safetensors"], 32, back: true)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["p.html"]));
    }

    public void Dispose() => _folder.Dispose();

    private static ImageSet Two(string set, string part)
    {
        using var all = DataCatalog.Find().LoadImages(set, part);
        return all.Select(arange(2));
    }

    private static async Task InPage(string path, Func<IPage, Task> look)
    {
        string browser;
        try
        {
            browser = ChartImages.FindBrowser();
        }
        catch (NotebookFileException e)
        {
            Assert.Skip(e.Message);
            return;
        }

        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = browser, Args = ["--no-sandbox"] });
        var page = await chromium.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await look(page);
        Assert.Empty(errors);
    }
}
