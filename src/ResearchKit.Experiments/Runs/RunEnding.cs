using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Runs;

/// <summary>What stands in a run's folder of trainings that ended before the run's end: that it diverged (<c>diverged.json</c>), or why it
/// failed (<c>failed.json</c>).</summary>
/// <param name="run">The run's folder.</param>
internal sealed class RunEnding(string run)
{
    /// <summary>How the training diverged; null where it did not.</summary>
    /// <exception cref="DataFileException">The file that says it is damaged.</exception>
    public TrainingDivergedException? Divergence
    {
        get
        {
            try
            {
                var json = File.Exists(Diverged) ? JsonNode.Parse(File.ReadAllText(Diverged)) : null;
                return json is null ? null : new TrainingDivergedException((long)json["step"]!,
                    (string?)json["quantity"] ?? throw new FormatException(),
                    "That was seen when this folder was trained; it would come again. Change an option or the seed, and train into " +
                    "another folder.");
            }
            catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
            {
                throw new DataFileException(Diverged, "it is damaged; delete it, and train again.", e);
            }
        }
    }

    /// <summary>Why the last training failed; null where it did not.</summary>
    public string? Failure
    {
        get
        {
            try
            {
                return File.Exists(Failed) ? (string?)JsonNode.Parse(File.ReadAllText(Failed))?["reason"] : null;
            }
            catch (Exception e) when (e is JsonException or IOException or InvalidOperationException)
            {
                return $"{Failed} cannot be read";
            }
        }
    }

    private string Diverged => Path.Combine(run, "diverged.json");

    private string Failed => Path.Combine(run, "failed.json");

    /// <summary>Keeps that the training diverged.</summary>
    public void SetDiverged(TrainingDivergedException divergence) =>
        ExperimentJson.Save(Diverged, new JsonObject { ["step"] = divergence.Step, ["quantity"] = divergence.Quantity });

    /// <summary>Keeps why a training failed, in a sentence, for those who look at the folder later. Where it cannot be written, as on a
    /// full disk, it is not: the error itself is what counts.</summary>
    public void SetFailed(string reason)
    {
        try
        {
            ExperimentJson.Save(Failed, new JsonObject { ["reason"] = reason, ["at"] = DateTimeOffset.UtcNow });
        }
        catch (DataFileException)
        {
            // told in the summary
        }
    }

    /// <summary>Forgets the failure: another training begins.</summary>
    public void ForgetFailure() => File.Delete(Failed);
}
