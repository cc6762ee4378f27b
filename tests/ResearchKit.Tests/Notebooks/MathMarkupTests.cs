using System.Text.RegularExpressions;
using System.Xml.Linq;
using ResearchKit.Notebooks.Html;

namespace ResearchKit.Tests.Notebooks;

public partial class MathMarkupTests
{
    public static TheoryData<string> Lessons => LessonTests.Lessons;

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Draws_every_formula_of_a_lesson(string lesson)
    {
        var texts = LessonTests.Cells(Path.Combine(LessonTests.Folder, lesson)).Where(c => (string?)c["cell_type"] == "markdown")
            .Select(c => Code().Replace(string.Concat(c["source"]!.AsArray().Select(l => (string?)l)), ""));
        Assert.All(texts.SelectMany(t => Formula().Matches(t)).Select(m => m.Groups["tex"].Value),
            tex => Assert.StartsWith("<math", MathMarkup.FromTex(tex, isBlock: false), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x^2", "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>")]
    [InlineData("W_{ij}", "<mrow><msub><mi>W</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mrow>")]
    [InlineData("\\frac{1}{2.5}", "<mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2.5</mn></mrow></mfrac></mrow>")]
    [InlineData("\\tfrac{x}{y}",
        "<mrow><mstyle displaystyle=\"false\"><mfrac><mrow><mi>x</mi></mrow><mrow><mi>y</mi></mrow></mfrac></mstyle></mrow>")]
    [InlineData("\\min_G", "<mrow><munder><mo>min</mo><mi>G</mi></munder></mrow>")]
    [InlineData("-\\alpha", "<mrow><mo>−</mo><mi>α</mi></mrow>")]
    [InlineData("\\arg\\min_z", "<mrow><mi>arg</mi><mspace width=\"0.17em\"/><munder><mo>min</mo><mi>z</mi></munder></mrow>")]
    [InlineData("W^\\top", "<mrow><msup><mi>W</mi><mi>⊤</mi></msup></mrow>")]
    [InlineData("\\mathbb{E}_z", "<mrow><msub><mi>𝔼</mi><mi>z</mi></msub></mrow>")]
    [InlineData("\\underbrace{x}_a",
        "<mrow><munder><mrow style=\"border-bottom:1px solid\"><mrow><mi>x</mi></mrow></mrow><mi>a</mi></munder></mrow>")]
    public void Turns_TeX_into_MathML(string tex, string expected) =>
        Assert.Equal($"<math>{expected}</math>", MathMarkup.FromTex(tex, isBlock: false));

    [Fact]
    public void A_whole_formula_is_well_formed()
    {
        const string tex = "\\min_G \\max_D V(D, G) = \\mathbb{E}_{x}[\\log D(x)] + \\mathbb{E}_{z}[\\log(1 - D(G(z)))] < \\hat{x}";
        var html = MathMarkup.FromTex(tex, isBlock: true);
        Assert.Equal("block", XElement.Parse(html).Attribute("display")!.Value);
    }

    [Theory]
    [InlineData("\\unknown{x}")]
    [InlineData("x_{1")]
    [InlineData("x^")]
    [InlineData("a } b")]
    [InlineData("\\text{a")]
    public void Shows_the_TeX_of_what_it_does_not_know(string tex) =>
        Assert.StartsWith("<code>", MathMarkup.FromTex(tex, isBlock: false), StringComparison.Ordinal);

    [GeneratedRegex("```.*?```|`[^`]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\$\$(?<tex>.+?)\$\$|\$(?<tex>[^$\n]+)\$", RegexOptions.Singleline)]
    private static partial Regex Formula();
}
