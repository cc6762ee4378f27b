using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using ResearchKit.Notebooks.Checking;

namespace ResearchKit.Tests.Notebooks.Checking;

public class OutputComparisonTests
{
    private const string Chart = """
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["a chart"],
         "application/vnd.plotly.v1+json": {"data": [{"type": "scatter", "y": [1, 2.5]}]}}}
        """;

    private const string Shown = """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["a 1.5"]}}""";
    private const string Written = """{"output_type": "stream", "name": "stdout", "text": ["a\n", "b 2\n"]}""";
    private const string WrittenTwice = """
        {"output_type": "stream", "name": "stdout", "text": "a\n"}, {"output_type": "stream", "name": "stdout", "text": ["b 2\n"]}
        """;

    private const string ShownAsHtml = """{"output_type": "display_data", "data": {"text/plain": "a 1.5", "text/html": "a"}}""";

    private static readonly CellTolerance Untagged = new();
    private static readonly CellTolerance Tagged = new(0.05, IsTagged: true);
    private static readonly CellTolerance Kind = new(KindOnly: true);

    [Theory]
    [InlineData(Written, WrittenTwice)]
    [InlineData(Shown, """{"output_type": "display_data", "metadata": {"x": 1}, "data": {"text/plain": "a 1.5"}}""")]
    [InlineData(Written + "," + Shown, Shown + "," + Written)] // a stream arrives when it arrives
    [InlineData("", "")]
    public void Another_form_of_the_same_agrees(string committed, string actual) => Assert.Null(Compare(committed, actual, Untagged));

    [Theory]
    [InlineData(Shown, "", "outputs", "nothing shown")]
    [InlineData("", Shown, "outputs", "display_data (text/plain)")]
    [InlineData(Written, "", "stdout", "nothing")]
    [InlineData("", Written, "stdout", "\"a\"")]
    [InlineData(Shown, """{"output_type": "execute_result", "data": {"text/plain": "a 1.5"}}""", "output", "execute_result (text/plain)")]
    [InlineData(Shown, ShownAsHtml, "output", "display_data (text/html, text/plain)")]
    public void Another_kind_differs_even_where_only_kinds_count(string committed, string actual, string where, string shown)
    {
        var difference = Compare(committed, actual, Kind)!;
        Assert.Equal((where, shown), (difference.Where, difference.Actual));
        Assert.NotNull(Compare(committed, actual, Tagged));
    }

    [Theory]
    [InlineData(Shown, "1.5", "1.6", false)]
    [InlineData(Written, "b 2", "b 3", true)]
    [InlineData(Chart, "2.5", "2.6", false)]
    [InlineData(Chart, "2.5", "3.5", true)]
    [InlineData(Chart, "scatter", "bar", true)]
    [InlineData(Chart, "[1, 2.5]", "[1, 2.5, 3]", true)]
    [InlineData(Chart, "\"y\"", "\"x\"", true)]
    [InlineData(Chart, "[1, 2.5]", "[1, null]", true)]
    [InlineData(Chart, "a chart", "no chart", true)]
    public void Other_values_differ_by_the_tag(string committed, string old, string now, bool differsAtFivePercent)
    {
        var actual = committed.Replace(old, now, StringComparison.Ordinal);
        Assert.NotNull(Compare(committed, actual, Untagged));
        Assert.Equal(differsAtFivePercent, Compare(committed, actual, Tagged) is not null);
        Assert.Null(Compare(committed, actual, Kind));
    }

    [Fact]
    public void A_difference_in_a_chart_says_where_in_it()
    {
        var difference = Compare(Chart, Chart.Replace("2.5", "4", StringComparison.Ordinal), Untagged);
        Assert.Equal(new OutputDifference("application/vnd.plotly.v1+json.data[0].y[1]", "2.5", "4"), difference);
    }

    [Fact]
    public void An_image_beside_a_chart_is_not_compared_but_one_alone_is()
    {
        static string WithImage(string output) =>
            output.Replace("\"text/plain\"", "\"image/png\": \"AAAA\", \"text/plain\"", StringComparison.Ordinal);
        Assert.Null(Compare(WithImage(Chart), Chart, Untagged));
        Assert.NotNull(Compare(WithImage(Shown), Shown, Kind));
    }

    [Fact]
    public void An_error_agrees_by_name_and_message()
    {
        const string error = """{"output_type": "error", "ename": "E", "evalue": "at 3", "traceback": ["here"]}""";
        Assert.Null(Compare(error, error.Replace("here", "there", StringComparison.Ordinal), Untagged));
        Assert.NotNull(Compare(error, error.Replace("at 3", "at 4", StringComparison.Ordinal), Untagged));
        Assert.NotNull(Compare(error, error.Replace("\"E\"", "\"F\"", StringComparison.Ordinal), Untagged));
    }

    [Fact]
    public void An_image_agrees_by_its_pixels_and_with_a_tag_by_its_size()
    {
        var image = PngFile.Encode([1, 2, 3, 4], 2, 2, 1);
        Assert.Null(Compare(Png(image), Png(PngFile.Encode([1, 2, 3, 4], 2, 2, 1)), Untagged));
        var other = PngFile.Encode([1, 2, 3, 5], 2, 2, 1);
        Assert.NotNull(Compare(Png(image), Png(other), Untagged));
        Assert.Null(Compare(Png(image), Png(other), Tagged));
        var wide = Compare(Png(image), Png(PngFile.Encode([1, 2, 3, 4], 4, 1, 1)), Tagged)!;
        Assert.Equal(new OutputDifference("image/png", "2 x 2 pixels", "4 x 1 pixels"), wide);
    }

    [Fact]
    public void A_PNG_packed_in_another_way_is_the_same_image()
    {
        var image = PngFile.Encode(new byte[400], 20, 20, 1);
        var packed = Repacked(image);
        Assert.NotEqual(image, packed);
        Assert.Null(Compare(Png(image), Png(packed), Untagged));
    }

    [Fact]
    public void A_GIF_has_a_size_too()
    {
        static string Gif(byte width, byte pixel) => Image("image/gif", [.. "GIF89a"u8, width, 0, 7, 0, pixel]);
        Assert.NotNull(Compare(Gif(5, 1), Gif(5, 2), Untagged));
        Assert.Null(Compare(Gif(5, 1), Gif(5, 2), Tagged));
        Assert.NotNull(Compare(Gif(5, 1), Gif(6, 1), Tagged));
    }

    // The same rows, stored without compression.
    private static byte[] Repacked(byte[] png)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var unpack = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var data = new MemoryStream();
        using (var pack = new ZLibStream(data, CompressionLevel.NoCompression, leaveOpen: true))
        {
            unpack.CopyTo(pack);
        }

        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, (int)data.Length);
        return [.. png[..33], .. size, .. "IDAT"u8, .. data.ToArray(), 0, 0, 0, 0, .. png[(45 + length)..]];
    }

    private static string Png(byte[] file) => Image("image/png", file);

    private static string Image(string type, byte[] file) =>
        $$$"""{"output_type": "display_data", "data": {"{{{type}}}": "{{{Convert.ToBase64String(file)}}}\n"}}""";

    private static OutputDifference? Compare(string committed, string actual, CellTolerance tolerance) =>
        OutputComparison.Compare(JsonNode.Parse($"[{committed}]")!.AsArray(), JsonNode.Parse($"[{actual}]")!.AsArray(), tolerance);
}
