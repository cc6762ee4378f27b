using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using ResearchKit.Notebooks.Checking;

namespace ResearchKit.Tests.Notebooks.Checking;

public class OutputComparisonTests
{
    private const string Chart = """{"output_type": "display_data", "metadata": {}, "data": {"application/vnd.plotly.v1+json": {"data": [{"type": "scatter", "y": [1, 2.5]}]}, "text/plain": ["a chart"]}}""";
    private const string Shown = """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["a 1.5"]}}""";
    private const string Written = """{"output_type": "stream", "name": "stdout", "text": ["a\n", "b 2\n"]}""";

    private static readonly CellTolerance Untagged = new();
    private static readonly CellTolerance Tagged = new(0.05, IsTagged: true);
    private static readonly CellTolerance Kind = new(KindOnly: true);

    [Theory]
    [InlineData(Written, """{"output_type": "stream", "name": "stdout", "text": "a\n"}, {"output_type": "stream", "name": "stdout", "text": ["b 2\n"]}""")]
    [InlineData(Shown, """{"output_type": "display_data", "metadata": {"x": 1}, "data": {"text/plain": "a 1.5"}}""")]
    [InlineData(Written + "," + Shown, Shown + "," + Written)] // a stream arrives when it arrives
    [InlineData("", "")]
    public void Another_form_of_the_same_agrees(string committed, string cameOut) => Assert.Null(Compare(committed, cameOut, Untagged));

    [Theory]
    [InlineData(Shown, "", "outputs", "nothing shown")]
    [InlineData("", Shown, "outputs", "display_data (text/plain)")]
    [InlineData(Written, "", "stdout", "nothing")]
    [InlineData("", Written, "stdout", "\"a\"")]
    [InlineData(Shown, """{"output_type": "execute_result", "data": {"text/plain": "a 1.5"}}""", "output", "execute_result (text/plain)")]
    [InlineData(Shown, """{"output_type": "display_data", "data": {"text/plain": "a 1.5", "text/html": "a"}}""", "output", "display_data (text/html, text/plain)")]
    public void Another_kind_differs_even_where_only_kinds_count(string committed, string cameOut, string where, string shown)
    {
        var difference = Compare(committed, cameOut, Kind)!;
        Assert.Equal((where, shown), (difference.Where, difference.CameOut));
        Assert.NotNull(Compare(committed, cameOut, Tagged));
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
        var cameOut = committed.Replace(old, now, StringComparison.Ordinal);
        Assert.NotNull(Compare(committed, cameOut, Untagged));
        Assert.Equal(differsAtFivePercent, Compare(committed, cameOut, Tagged) is not null);
        Assert.Null(Compare(committed, cameOut, Kind));
    }

    [Fact]
    public void A_difference_in_a_chart_says_where_in_it() =>
        Assert.Equal(new OutputDifference("application/vnd.plotly.v1+json.data[0].y[1]", "2.5", "4"), Compare(Chart, Chart.Replace("2.5", "4", StringComparison.Ordinal), Untagged));

    [Fact]
    public void A_picture_beside_a_chart_is_not_compared_but_one_alone_is()
    {
        Assert.Null(Compare(Chart.Replace("\"text/plain\"", "\"image/png\": \"AAAA\", \"text/plain\"", StringComparison.Ordinal), Chart, Untagged));
        Assert.NotNull(Compare(Shown.Replace("\"text/plain\"", "\"image/png\": \"AAAA\", \"text/plain\"", StringComparison.Ordinal), Shown, Kind));
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
    public void A_picture_agrees_by_its_pixels_and_with_a_tag_by_its_size()
    {
        var picture = PngFile.Encode([1, 2, 3, 4], 2, 2, 1);
        Assert.Null(Compare(Png(picture), Png(PngFile.Encode([1, 2, 3, 4], 2, 2, 1)), Untagged));
        var other = PngFile.Encode([1, 2, 3, 5], 2, 2, 1);
        Assert.NotNull(Compare(Png(picture), Png(other), Untagged));
        Assert.Null(Compare(Png(picture), Png(other), Tagged));
        var wide = Compare(Png(picture), Png(PngFile.Encode([1, 2, 3, 4], 4, 1, 1)), Tagged)!;
        Assert.Equal(new OutputDifference("image/png", "2 x 2 pixels", "4 x 1 pixels"), wide);
    }

    [Fact]
    public void A_PNG_packed_in_another_way_is_the_same_picture()
    {
        var picture = PngFile.Encode(new byte[400], 20, 20, 1);
        var packed = Repacked(picture);
        Assert.NotEqual(picture, packed);
        Assert.Null(Compare(Png(picture), Png(packed), Untagged));
    }

    [Fact]
    public void A_GIF_has_a_size_too()
    {
        static string Gif(byte width, byte pixel) => $$$"""{"output_type": "display_data", "data": {"image/gif": "{{{Convert.ToBase64String([.. "GIF89a"u8, width, 0, 7, 0, pixel])}}}"}}""";
        Assert.NotNull(Compare(Gif(5, 1), Gif(5, 2), Untagged));
        Assert.Null(Compare(Gif(5, 1), Gif(5, 2), Tagged));
        Assert.NotNull(Compare(Gif(5, 1), Gif(6, 1), Tagged));
    }

    // The same rows, stored without compression.
    private static byte[] Repacked(byte[] png)
    {
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var unpack = new System.IO.Compression.ZLibStream(new MemoryStream(png, 41, length), System.IO.Compression.CompressionMode.Decompress);
        using var data = new MemoryStream();
        using (var pack = new System.IO.Compression.ZLibStream(data, System.IO.Compression.CompressionLevel.NoCompression, leaveOpen: true))
        {
            unpack.CopyTo(pack);
        }

        var size = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(size, (int)data.Length);
        return [.. png[..33], .. size, .. "IDAT"u8, .. data.ToArray(), 0, 0, 0, 0, .. png[(45 + length)..]];
    }

    private static string Png(byte[] file) => $$$"""{"output_type": "display_data", "data": {"image/png": "{{{Convert.ToBase64String(file)}}}\n"}}""";

    private static OutputDifference? Compare(string committed, string cameOut, CellTolerance tolerance) =>
        OutputComparison.Compare(JsonNode.Parse($"[{committed}]")!.AsArray(), JsonNode.Parse($"[{cameOut}]")!.AsArray(), tolerance);
}
