using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

public class SweepFileTests
{
    [Fact]
    public void Numbers_of_the_rows_asked_for_come_in_order()
    {
        using var folder = new TemporaryFolder();
        var sweep = Read(folder, "arm,seed,value\na,0,1.5\nb,0,2\na,1,-3e-2\n");
        Assert.Equal(3, sweep.Count);
        Assert.Equal([1.5, 2, -0.03], sweep.Numbers("value"));
        Assert.Equal([1.5, -0.03], sweep.Numbers("value", ("arm", "a")));
        Assert.Equal([-0.03], sweep.Numbers("value", ("arm", "a"), ("seed", 1)));
        Assert.Empty(sweep.Numbers("value", ("arm", "c")));
        Assert.Contains("arm, seed, value", Assert.Throws<ArgumentException>(() => sweep.Numbers("valeu")).Message,
            StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => sweep.Numbers("arm"));
    }

    [Fact]
    public void An_empty_cell_as_of_a_run_that_diverged_is_NaN()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal([1.5, double.NaN], Read(folder, "arm,value,divergedAt\na,1.5,\nb,,7\n").Numbers("value"));
    }

    [Fact]
    public void Another_content_than_the_one_written_down_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder["sweep.csv"];
        File.WriteAllText(file, "a\n1\n");
        var sum = DataCatalog.Sha256Of(file);
        Assert.Equal([1], SweepFile.Read(file, sum).Numbers("a"));
        File.WriteAllText(file, "a\n2\n");
        Assert.Contains(sum, Assert.Throws<DataFileException>(() => SweepFile.Read(file, sum)).Message, StringComparison.Ordinal);
        Assert.Contains("missing", Assert.Throws<DataFileException>(() => SweepFile.Read(folder["none.csv"], sum)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1\n")]
    [InlineData("a,a\n1,2\n")]
    public void What_is_no_table_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no table", Assert.Throws<DataFileException>(() => Read(folder, text)).Message, StringComparison.Ordinal);
    }

    private static SweepFile Read(TemporaryFolder folder, string text)
    {
        var file = folder["sweep.csv"];
        File.WriteAllText(file, text);
        return SweepFile.Read(file, DataCatalog.Sha256Of(file));
    }
}
