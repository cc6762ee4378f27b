using ResearchKit.Notebooks.Checking;

namespace ResearchKit.Tests.Notebooks.Checking;

public class NumericTextTests
{
    private static readonly CellTolerance Untagged = new();
    private static readonly CellTolerance Tagged = new(0.05, IsTagged: true);

    [Theory]
    [InlineData("", "")]
    [InlineData("loss 0.5 of 3", "loss 0.5000001 of 3")]
    [InlineData("1e-9", "-1E-9")] // both are nearly nothing
    [InlineData("1.50", "1.5")]
    [InlineData("a-1 b", "a-1 b")]
    [InlineData("x: NaN, 1", "x: NaN, 1")]
    public void Untagged_texts_that_agree(string committed, string actual) =>
        Assert.Null(NumericText.Compare("stdout", committed, actual, Untagged));

    [Theory]
    [InlineData("loss 0.5", "loss 0.50001")]
    [InlineData("loss 0.5", "Loss 0.5")]
    [InlineData("loss 0.5", "loss 0.5 ")]
    [InlineData("loss 0.5", "loss  0.5")]
    [InlineData("1, 2", "1, 2, 3")]
    [InlineData("1, 2 and", "1, 2")]
    [InlineData("NaN", "0.5")]
    [InlineData("a 1", "a -1")]
    [InlineData("", "1")]
    public void Untagged_texts_that_differ(string committed, string actual)
    {
        Assert.NotNull(NumericText.Compare("stdout", committed, actual, Untagged));
        Assert.NotNull(NumericText.Compare("stdout", actual, committed, Untagged));
    }

    [Theory]
    [InlineData("loss 1.00", "loss 1.10", true)] // 0.05 (1 + 1.1) = 0.105
    [InlineData("loss 1.00", "loss 1.11", false)]
    [InlineData("loss 0.00", "loss 0.05", true)]
    [InlineData("at  9.99 |  1", "at 10.01 |  1", true)] // aligned: another width moves blanks
    [InlineData("layer x2", "layer x3", false)] // the digits of a name are text
    [InlineData("version 2.10.0", "version 2.10.1", false)]
    [InlineData("-0.01", "0.01", true)]
    [InlineData("1e400", "5", false)]
    public void A_tag_widens_the_numbers_and_nothing_else(string committed, string actual, bool agree) =>
        Assert.Equal(agree, NumericText.Compare("stdout", committed, actual, Tagged) is null);

    [Fact]
    public void The_difference_shows_the_line_of_either_side()
    {
        var difference = NumericText.Compare("stdout", "one\nloss 0.51\n", "one\nloss 0.72\n", Untagged)!;
        Assert.Equal(new OutputDifference("stdout, line 2", "\"loss 0.51\"", "\"loss 0.72\""), difference);
        var far = NumericText.Compare("stdout", new string('a', 100) + "b" + new string('c', 100), new string('a', 100) + "d", Untagged)!;
        Assert.Equal($"\"...{new string('a', 30)}d\"", far.Actual);
        Assert.Equal($"\"...{new string('a', 30)}b{new string('c', 29)}...\"", far.Committed);
    }
}
