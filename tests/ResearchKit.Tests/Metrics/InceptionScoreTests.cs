using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class InceptionScoreTests
{
    [Fact]
    public void Sure_of_k_classes_scores_k_and_unsure_of_all_scores_1()
    {
        using var scope = NewDisposeScope();
        var sure = 1000 * eye(4).repeat(5, 1); // no sample has the probability 0 of float64, most classes do
        var score = InceptionScore.Of(sure, splits: 5, shuffle: false);
        Assert.Equal(4, score.Mean, 1e-12);
        Assert.Equal(0, score.StandardDeviation, 1e-12);
        Assert.Equal(1, InceptionScore.Of(zeros(20, 4)).Mean, 1e-12);
        Assert.Equal(1, InceptionScore.Of(sure.slice(0, 0, 1, 1).repeat(20, 1)).Mean, 1e-12); // one class, and none of the others
    }

    [Fact]
    public void Splits_are_scored_apart()
    {
        using var scope = NewDisposeScope();
        var logits = cat([1000 * eye(2), 1000 * eye(2).slice(0, 0, 1, 1).repeat(2, 1)]); // scores 2 and 1
        Assert.Equal(new InceptionScore(1.5, 0.5), Rounded(InceptionScore.Of(logits, splits: 2, shuffle: false)));
        Assert.Equal(new InceptionScore(Math.Round(Math.Exp(Math.Log(4.0 / 3) * 0.75 + Math.Log(4) * 0.25), 9), 0),
            Rounded(InceptionScore.Of(logits, splits: 1)));
    }

    [Fact]
    public void Probabilities_are_taken_as_such()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var logits = 3 * randn(200, 10, ScalarType.Float64, generator: random);
        var (score, single) = (InceptionScore.Of(logits), logits.softmax(1).to(ScalarType.Float32));
        Assert.Equal(score.Mean, InceptionScore.Of(single).Mean, 1e-5);
        Assert.True(InceptionScore.AreProbabilities(single));
        Assert.False(InceptionScore.AreProbabilities(logits));
        Assert.False(InceptionScore.AreProbabilities(zeros(3, 4))); // rows that sum to 0
        Assert.False(InceptionScore.AreProbabilities(tensor(new[] { 1.5, -0.5 }).reshape(1, 2)));
        Assert.Equal(4, InceptionScore.Of(eye(4).repeat(5, 1), splits: 5, shuffle: false).Mean, 1e-12); // 0 log 0 is 0
    }

    [Fact]
    public void More_splits_than_rows_are_refused()
    {
        using var logits = zeros(9, 3);
        Assert.Contains("9 rows; this metric needs at least 10", Assert.Throws<ArgumentException>(() => InceptionScore.Of(logits)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => InceptionScore.Of(logits, splits: 0));
    }

    private static InceptionScore Rounded(InceptionScore score) => new(Math.Round(score.Mean, 9), Math.Round(score.StandardDeviation, 9));
}
