using ResearchKit.Files;

namespace ResearchKit.Tests.Files;

public class CsvLineTests
{
    [Theory]
    [InlineData("a,,b", "a", "", "b")]
    [InlineData("\"cosine(1, 0, 5)\",x", "cosine(1, 0, 5)", "x")]
    [InlineData("\"say \"\"so\"\"\"", "say \"so\"")]
    [InlineData("", "")]
    public void Values_go_into_a_line_and_come_back(string line, params string[] values)
    {
        Assert.Equal(values, CsvLine.Split(line));
        Assert.Equal(line, CsvLine.Join(values));
    }
}
