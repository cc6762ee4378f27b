using ResearchKit.Schedules;

namespace ResearchKit.Tests.Schedules;

public class ScheduleParseTests
{
    public static TheoryData<string> Texts =>
        ["0.5", "0.0002", "linear(1, 0, 100)", "cosine(0.0002, 5E-05, 6500)", "exponential(0.03, 0.0002, 5200, 100)",
            "staircase(0.1, 0.5, 1000)"];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Reads_what_it_writes(string text) => Assert.Equal(text, Schedule.Parse(text).ToString());

    [Fact]
    public void Reads_what_people_write() =>
        Assert.Equal(new CosineSchedule(2e-4, 0, 3000), Schedule.Parse(" cosine( 2e-4,0 ,3000 ) ".Trim()));

    [Theory]
    [InlineData("")]
    [InlineData("fast")]
    [InlineData("linear")]
    [InlineData("linear()")]
    [InlineData("linear(1, 2)")]
    [InlineData("linear(1, 2, 3.5)")]
    [InlineData("linear(1, 2, 3) 4")]
    [InlineData("staircase(1, 0.5, 100, 7)")]
    [InlineData("parabola(1, 2, 3)")]
    public void Anything_else_is_one_sentence(string text) =>
        Assert.Contains("is no schedule: write", Assert.Throws<FormatException>(() => Schedule.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Numbers_out_of_range_are_told() => Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Parse("linear(1, 0, 0)"));
}
