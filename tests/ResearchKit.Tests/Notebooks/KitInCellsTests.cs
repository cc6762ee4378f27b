using System.Text.Json.Nodes;
using ResearchKit.Support;
using SkiaSharp;

namespace ResearchKit.Tests.Notebooks;

/// <summary>What users write in cells beside the kit's own calls.</summary>
[Collection<NotebookPrograms>]
public class KitInCellsTests
{
    private static readonly string Kit =
        Path.Combine(Repository.Root, "artifacts", "kit", "ResearchKit.Interactive.dll").Replace('\\', '/');

    [Fact]
    public void Bitmaps_sets_charts_packages_and_loops_do_what_their_writers_expect()
    {
        using var notebook = new TinyNotebook().Write(
            $"#r \"{Kit}\"\nusing ResearchKit.Interactive; using TorchSharp; using static TorchSharp.torch;\nKit.Start();",
            "using SkiaSharp;\nvar bitmap = new SKBitmap(8, 4);\nbitmap.Erase(SKColors.Red);\nbitmap",
            "using ResearchKit.Data;\n"
                + "var set = new ImageSet(\"reds\", torch.full(new long[] { 20, 3, 28, 28 }, 200, ScalarType.Byte));\nset",
            "using Plotly.NET.CSharp;\nvar x = new double[] { 1, 2, 3 };\n"
                + "Chart.Point<double, double, string>(x, x)\n    .Show();\nint after = 5;",
            "Chart.Point<double, double, string>(x, x)",
            "#r \"nuget: TorchSharp-cpu, 0.105.0\"\n#r \"nuget: Plotly.NET.Interactive, 6.0.0\"\ntorch.ones(2).sum().item<float>()",
            "var kept = new List<Tensor>();\nfor (int i = 0; i < 6000; i++) { kept.Add(torch.rand(30_000)); }",
            "kept.Count");
        var run = notebook.Run();
        Assert.True(run.ExitCode == 0, run.Error);

        using var bitmap = SKBitmap.Decode(Convert.FromBase64String((string)notebook.Outputs("b")[0]!["data"]!["image/png"]!));
        Assert.Equal((8, 4, SKColors.Red), (bitmap.Width, bitmap.Height, bitmap.GetPixel(3, 2)));
        Assert.Equal("8 x 4 pixels", notebook.Text("b"));
        Assert.Equal("reds: 20 images, 3 x 28 x 28", notebook.Text("c"));
        Assert.Contains("data:image/png;base64,", notebook.Outputs("c").ToJsonString(), StringComparison.Ordinal);
        Assert.InRange(notebook.Outputs("c").ToJsonString().Length, 500, 20_000);
        Assert.Equal(Data(notebook.Outputs("e")), Data(notebook.Outputs("d")));
        Assert.Equal("TorchSharp 0.107.0 comes with the kit.\nPlotly.NET 6.0.0 comes with the kit.\n2", notebook.Text("f"));
        Assert.Contains("tensors of this cell are still alive", notebook.Text("g"), StringComparison.Ordinal);
        Assert.Contains("using (torch.NewDisposeScope())", notebook.Text("g"), StringComparison.Ordinal);
        Assert.Equal("6000", notebook.Text("h"));
    }

    [Fact]
    public void A_notebook_that_lies_elsewhere_is_told_how_to_reach_the_kit()
    {
        using var notebook = new TinyNotebook().Write("#r \"../artifacts/kit/ResearchKit.Interactive.dll\"\nKit.Start();");
        Assert.Contains("#r starts at the notebook's folder: give the full path of artifacts/kit/ResearchKit.Interactive.dll",
            notebook.Run().Error, StringComparison.Ordinal);
    }

    private static string Data(JsonArray outputs) => Assert.Single(outputs)!["data"]!["application/vnd.plotly.v1+json"]!.ToJsonString();
}
