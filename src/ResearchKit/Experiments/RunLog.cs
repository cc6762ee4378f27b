using System.Globalization;
using System.Text;
using System.Text.Json;
using ResearchKit.Data;
using ResearchKit.Data.Files;
using ResearchKit.Diagnostics.Monitoring;
using ResearchKit.Training;

namespace ResearchKit.Experiments;

/// <summary>A run's numbers as JSON lines. There is no time in them: a run that was interrupted and resumed has the same bytes as one that was not.</summary>
public sealed class RunLog
{
    private readonly string _path;

    internal RunLog(string path) => _path = path;

    /// <summary>Adds a step's line.</summary>
    /// <param name="step">The step.</param>
    /// <param name="weights">The norms of the weights after it.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(StepReport step, WeightNorms weights)
    {
        ArgumentNullException.ThrowIfNull(step);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"step":{{step.Step}},"epoch":{{step.Epoch:R}},"realLoss":{{step.RealLoss:R}},"fakeLoss":{{step.FakeLoss:R}},"penalty":{{step.Penalty:R}},"generatorLoss":{{step.GeneratorLoss:R}},"realProbability":{{step.RealProbability:R}},"fakeProbability":{{step.FakeProbability:R}},"discriminatorGradientNorm":{{step.DiscriminatorGradientNorm:R}},"generatorGradientNorm":{{step.GeneratorGradientNorm:R}},"realAccuracy":{{step.RealAccuracy:R}},"fakeAccuracy":{{step.FakeAccuracy:R}},"generatorWeightNorm":{{weights.Generator:R}},"discriminatorWeightNorm":{{weights.Discriminator:R}}}""");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            File.AppendAllText(_path, line + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(_path, $"the log cannot be written ({e.Message.TrimEnd('.')}); check the folder, its permissions and the space on the disk.", e);
        }
    }

    /// <summary>The numbers again, in order: one a line, without times.</summary>
    /// <returns>Each step with the norms of the weights after it; empty where there is no log.</returns>
    /// <exception cref="DataFileException">While reading: a line is damaged.</exception>
    public IEnumerable<(StepReport Step, WeightNorms Weights)> Read()
    {
        var lines = File.Exists(_path) ? File.ReadLines(_path) : [];
        foreach (var (i, line) in lines.Index())
        {
            yield return Parse(line) ?? throw new DataFileException(_path, FormattableString.Invariant($"line {i + 1} is damaged; resume the run, which writes it again from the last checkpoint, or take the line away."));
        }
    }

    /// <summary>Takes lines after a step away, and a last line that was torn: what a resumed run will write again.</summary>
    /// <param name="step">The step that the run stands after.</param>
    public void CutAfter(long step)
    {
        if (File.Exists(_path))
        {
            var kept = File.ReadLines(_path).TakeWhile(line => StepOf(line) is { } s && s <= step).ToList();
            TensorFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(l => l + "\n")))));
        }
    }

    private static (StepReport Step, WeightNorms Weights)? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            double Number(string name) => json.RootElement.GetProperty(name).GetDouble();
            var step = new StepReport(
                json.RootElement.GetProperty("step").GetInt64(), Number("epoch"), Number("realLoss"), Number("fakeLoss"), Number("penalty"), Number("generatorLoss"), Number("realProbability"), Number("fakeProbability"),
                Number("discriminatorGradientNorm"), Number("generatorGradientNorm"), TimeSpan.Zero, 0, Number("realAccuracy"), Number("fakeAccuracy"));
            return (step, new WeightNorms(Number("generatorWeightNorm"), Number("discriminatorWeightNorm")));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static long? StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
