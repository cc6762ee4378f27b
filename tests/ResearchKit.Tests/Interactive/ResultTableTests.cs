using Microsoft.DotNet.Interactive.Formatting;
using ResearchKit.Interactive;

namespace ResearchKit.Tests.Interactive;

public class ResultTableTests
{
    [Fact]
    public void Prints_aligned_text_with_the_formats_of_its_rows()
    {
        var table = ResultTable.Of("seed", [0, 10]).Row("error", [0.0125, double.NaN], "0.000").Row("modes", [8, 7.5]);
        Assert.Equal("seed       0   10\nerror  0.013\nmodes      8  7.5\n", $"{table}");
    }

    [Fact]
    public void Shows_itself_as_a_table_and_as_text()
    {
        Kit.Start();
        var table = ResultTable.Of("loss", ["a < b"]).Row("value", [2]);
        Assert.Equal("<table><thead><tr><th style=\"text-align:left\">loss</th><th style=\"text-align:right\">a &lt; b</th></tr></thead>"
            + "<tbody><tr><td style=\"text-align:left\">value</td><td style=\"text-align:right\">2</td></tr></tbody></table>",
            table.ToDisplayString("text/html"));
        Assert.Equal($"{table}", table.ToDisplayString("text/plain"));
    }

    [Fact]
    public void A_row_of_another_length_is_one_sentence()
    {
        var error = Assert.Throws<ArgumentException>(() => ResultTable.Of("seed", [0, 1]).Row("error", [1]));
        Assert.StartsWith("The row \"error\" has 1 values for 2 columns.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ResultTable.Of<int>("seed", []));
    }
}
