using ResearchKit.Experiments.Runs;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class JsonLinesTests : IDisposable
{
    private const string First = """{"step":5,"loss":0.25}""";
    private const string Second = """{"step":10,"loss":null}""";
    private const string Third = """{"step":15,"loss":1e-3,"more":"text"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly JsonLines _lines;

    public JsonLinesTests()
    {
        _path = _folder["run/log.jsonl"];
        _lines = new JsonLines(_path, ["loss"]);
    }

    [Fact]
    public void Lines_come_back_in_order_with_their_steps()
    {
        Write(First, Second, Third);
        Assert.Equal([5, 10, 15], _lines.Read().Select(JsonLines.StepOf));
        Assert.Equal([0.25, double.NaN, 0.001], _lines.Read().Select(line => JsonLines.Number(line["loss"])));
        Assert.Equal(15, _lines.LastStep);
        Assert.Equal(string.Join('\n', First, Second, Third, ""), File.ReadAllText(_path));
    }

    [Fact]
    public void Where_there_is_no_file_there_are_no_lines_and_cutting_makes_none()
    {
        _lines.Keep(step => step <= 3);
        Assert.Empty(_lines.Read());
        Assert.Null(_lines.LastStep);
        Assert.False(File.Exists(_path));
    }

    [Theory]
    [InlineData(100, 3)]
    [InlineData(15, 3)]
    [InlineData(14, 2)]
    [InlineData(5, 1)]
    [InlineData(4, 0)]
    public void A_cut_keeps_the_lines_up_to_its_step(long step, int kept)
    {
        Write(First, Second, Third);
        _lines.Keep(s => s <= step);
        Assert.Equal(((string[])[First, Second, Third]).Take(kept), File.ReadLines(_path));
        Assert.Equal(kept == 0 ? null : 5L * kept, _lines.LastStep);
    }

    [Fact]
    public void A_torn_line_is_taken_away_and_the_good_ones_around_it_stay()
    {
        Write(First, Second[..^4], Third, Third[..^4]);
        Assert.Equal([2], _lines.Keep(step => step <= 100)); // the last one is what a crash leaves: it will be written again
        Assert.Equal(First + "\n" + Third + "\n", File.ReadAllText(_path));
        _lines.Add(20, [("loss", double.NaN)]);
        Assert.Equal(20, _lines.LastStep);
        Assert.Equal(3, _lines.Read().Count());
    }

    [Theory]
    [InlineData("{\"step\":10,\"loss\":0.5")]
    [InlineData("")]
    [InlineData("[10, 0.5]")]
    [InlineData("{\"loss\":0.5}")]
    [InlineData("{\"step\":null,\"loss\":0.5}")]
    [InlineData("{\"step\":\"10\",\"loss\":0.5}")]
    [InlineData("{\"step\":10.5,\"loss\":0.5}")]
    [InlineData("{\"step\":10}")]
    [InlineData("{\"step\":10,\"loss\":\"0.5\"}")]
    public void A_damaged_line_is_told_by_its_number(string damaged)
    {
        Write(First, damaged);
        Assert.Equal(5, JsonLines.StepOf(_lines.Read().First()));
        BadFile.Fails(_path, "line 2 is damaged", () => _ = _lines.Read().Count());
        Assert.Equal(5, _lines.LastStep);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_one_sentence()
    {
        Directory.CreateDirectory(_path);
        BadFile.Fails(_path, "cannot be written", () => _lines.Add(5, [("loss", 0.25)]));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-1.0 / 3)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    public void A_number_comes_back_bit_for_bit(double number)
    {
        _lines.Add(1, [("loss", number)]);
        Assert.Equal(number, JsonLines.Number(_lines.Read().Single()["loss"]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_null_and_NaN_again(double number)
    {
        _lines.Add(1, [("loss", number)]);
        Assert.Null(_lines.Read().Single()["loss"]);
        Assert.Equal(double.NaN, JsonLines.Number(_lines.Read().Single()["loss"]));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, string.Concat(lines.Select(l => l + "\n")));
    }
}
