using ResearchKit.Metrics;

namespace ResearchKit.Tests.Metrics;

public class MetricReportTests
{
    private static readonly MetricProtocol Protocol = new("frechet-distance", "fashion-28", new string('a', 64), "28 x 28", "all samples",
        "float64", null, 1000, 4000, new string('b', 64));

    private static readonly MetricResult Result = new(12.345678901234567, 0.25, Protocol, 1.5, null, 0.75,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "ResearchKit 0.1.0");

    [Fact]
    public void Results_of_one_protocol_can_be_subtracted() =>
        Assert.Equal(2.0, (Result with { Value = 5 }).Minus(Result with { Value = 3, StandardDeviation = null, Seconds = 9 }));

    public static TheoryData<string> Fields => [.. typeof(MetricProtocol).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Any_other_protocol_is_refused_and_the_field_named(string field)
    {
        var other = Protocol with { };
        var property = typeof(MetricProtocol).GetProperty(field)!;
        property.SetValue(other, property.PropertyType == typeof(string) ? "another" : property.PropertyType == typeof(long) ? 77L
            : (long?)77);
        var error = Assert.Throws<IncomparableResultsException>(() => Result.Minus(Result with { Protocol = other }));
        Assert.Contains($"{field}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(field == nameof(MetricProtocol.Seed) ? "none and 77" : " and ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_survives_JSON_exactly()
    {
        var odd = Result with { Value = double.NaN, Floor = double.PositiveInfinity, Memorised = 1e-300, StandardDeviation = null };
        var report = new MetricReport("mine \"quoted\" ü", "theirs", [Result, odd]);
        var again = MetricReport.FromJson(report.ToJson());
        Assert.Equal(report.Results, again.Results);
        Assert.Equal((report.Generated, report.Real), (again.Generated, again.Real));
        Assert.Equal(report.ToJson(), again.ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"generated\": \"a\"}")]
    [InlineData("{\"generated\": \"a\", \"real\": \"b\", \"results\": [{\"value\": 1}]}")]
    public void What_is_no_report_is_refused(string json) =>
        Assert.Contains("no report of metrics", Assert.Throws<FormatException>(() => MetricReport.FromJson(json)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_table_shows_the_scale_beside_the_value()
    {
        var table = new MetricReport("mine", "theirs", [Result]).ToString();
        Assert.Contains("overall  frechet-distance  12.346  0.25    1.5", table, StringComparison.Ordinal);
        Assert.DoesNotContain("memorised", table, StringComparison.Ordinal); // a column without a number
        Assert.Contains("mine (1000) against theirs (4000); features: fashion-28 (aaaaaaaa)", table, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_has_roles_arrows_and_intervals_and_says_what_these_are_of()
    {
        var low = Result with { Interval = new(8, 11, 9.5, IntervalKind.Unlimited, "jackknife, 20 groups"), Aim = MetricAim.Lower };
        var high = Result with
        {
            Value = 0.5, Role = MetricRole.Diversity, Aim = MetricAim.Higher, Protocol = Protocol with { Metric = "recall" },
            Interval = new(0.4, 0.6, 0.5, IntervalKind.TheseCounts, "jackknife, 20 groups"),
        };
        var table = new MetricReport("mine", "theirs", [high, low]).ToString();
        Assert.Matches(@"(?m)^overall    frechet-distance ↓  12\.346 +\[8, 11\]\*", table);
        Assert.Matches(@"(?m)^diversity  recall ↑ +0\.5 +\[0\.4, 0\.6\] ", table);
        Assert.Contains("jackknife, 20 groups of samples, for these counts of them.\n* for unlimited samples", table,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_is_found_by_name_or_those_there_are_listed()
    {
        var report = new MetricReport("mine", "theirs", [Result]);
        Assert.Same(Result, report["frechet-distance"]);
        Assert.Contains("It has: frechet-distance", Assert.Throws<ArgumentException>(() => report["fid"]).Message,
            StringComparison.Ordinal);
    }
}
