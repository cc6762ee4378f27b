using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Running;

namespace ResearchKit.Tests.Notebooks.Running;

/// <summary>What is kept of what a cell writes and shows.</summary>
public class CellOutputsTests
{
    [Theory]
    [InlineData("plain\ntext", "plain\ntext")]
    [InlineData("windows\r\nlines\r\n", "windows\nlines\n")]
    [InlineData("one\rtwo\n", "two\n")]
    [InlineData("first\n 10 %\r 50 %\r100 %", "first\n100 %")]
    [InlineData("a long line\rshort", "shortg line")] // as a terminal does
    [InlineData("\r\r\r", "")]
    [InlineData("kept\r", "kept")]
    [InlineData("\n\n\rx", "\n\nx")]
    public void A_carriage_return_goes_back_to_the_start_of_its_line(string written, string kept)
    {
        Assert.Equal(kept, Kept(written));
        Assert.Equal(kept, Kept([.. written.Select(c => c.ToString())])); // in whatever pieces it comes
    }

    [Fact]
    public void A_progress_bar_of_any_length_is_one_line()
    {
        var outputs = new CellOutputs(1);
        for (var i = 0; i < 200_000; i++)
        {
            Assert.True(Write(outputs, "stdout", string.Create(CultureInfo.InvariantCulture, $"\r{i / 2000.0:0.0} % of it")));
        }

        Assert.Equal("100.0 % of it", Text(outputs.ToJson()[0]!));
    }

    [Fact]
    public void Text_is_kept_up_to_a_limit_and_the_reader_is_told()
    {
        var outputs = new CellOutputs(1);
        var line = new string('x', 999) + "\n";
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(Write(outputs, i % 2 == 0 ? "stdout" : "stderr", line));
        }

        Assert.True(Write(outputs, "stdout", "y"));
        Assert.False(Write(outputs, "stdout", "z"));
        Assert.False(Write(outputs, "stdout", "\rz"));
        var json = outputs.ToJson();
        Assert.Equal(1000 * 1000, json.SkipLast(1).Sum(o => Text(o!).Length));
        Assert.Equal("\n[The cell writes more than 1,000,000 characters; what it writes after this is left out.]\n", Text(json[^1]!));
    }

    [Fact]
    public void Values_are_kept_up_to_a_limit_and_the_reader_is_told()
    {
        var outputs = new CellOutputs(1);
        var data = new JsonObject { ["text/plain"] = new string('x', 10_000_000) };
        var line = new WorkerMessage(WorkerMessageKind.Display, Name: "a", Data: data).ToLine();
        Assert.Equal([true, true, true, true, false, false], Enumerable.Range(0, 6).Select(_ => outputs.Add(WorkerMessage.FromLine(line))));
        var json = outputs.ToJson();
        Assert.Equal(5, json.Count);
        Assert.Equal("[The cell shows more than 50 MB; what it shows after this is left out.]\n", Text(json[^1]!));
    }

    private static string Kept(params string[] pieces)
    {
        var outputs = new CellOutputs(1);
        Assert.All(pieces, p => Assert.True(Write(outputs, "stdout", p)));
        return Text(Assert.Single(outputs.ToJson())!);
    }

    private static bool Write(CellOutputs outputs, string stream, string text) =>
        outputs.Add(new WorkerMessage(WorkerMessageKind.Stream, text, stream));

    private static string Text(JsonNode output) => string.Concat(output["text"]!.AsArray().Select(l => (string)l!));
}
