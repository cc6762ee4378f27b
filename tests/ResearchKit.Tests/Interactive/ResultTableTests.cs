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
    public void Adds_a_row_for_each_of_many()
    {
        var table = ResultTable.Of("run", ["first", "last"]).Rows([2.0, 4.0], v => $"from {v}", v => [v, v / 2], "0.0");
        Assert.Equal("run     first  last\nfrom 2    2.0   1.0\nfrom 4    4.0   2.0\n", $"{table}");
    }

    [Fact]
    public void Writes_no_minus_before_a_zero() =>
        Assert.Equal("x     a      b\ny  0.00  -0.01\n", $"{ResultTable.Of("x", ["a", "b"]).Row("y", [-1e-9, -0.01], "0.00")}");

    [Fact]
    public void A_row_may_hold_words()
    {
        var table = ResultTable.Of("seed", [0, 1]).Row("verdict", ["healthy", "cycling"]);
        Assert.Equal("seed           0        1\nverdict  healthy  cycling\n", $"{table}");
        Assert.Throws<ArgumentException>(() => table.Row("short", ["one"]));
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
