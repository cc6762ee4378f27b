using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Files;
using ResearchKit.Runtime;
using ResearchKit.Training;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run on disk: its options and environment (<c>run.json</c>), log, scores, events for TensorBoard, checkpoints, sheets of
/// samples and, at the end, its verdict and its generator.</summary>
public sealed class RunFolder
{
    private RunFolder(string path, ExperimentOptions options, int firstCheckpoint)
    {
        (Path, Options, FirstCheckpoint) = (path, options, firstCheckpoint);
        Checkpoints = new CheckpointFolder(System.IO.Path.Combine(path, "checkpoints"), ExperimentJson.Hash(options));
        Log = new RunLog(System.IO.Path.Combine(path, "log.jsonl"));
        Scores = new RunScores(System.IO.Path.Combine(path, "scores.jsonl"));
        Events = new RunEvents(System.IO.Path.Combine(path, "events"));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The latest step at which the first checkpoint was due: the distance between them may have been changed on the
    /// way.</summary>
    internal int FirstCheckpoint { get; }

    /// <summary>The run's checkpoints.</summary>
    public CheckpointFolder Checkpoints { get; }

    /// <summary>The run's numbers, step by step.</summary>
    public RunLog Log { get; }

    /// <summary>What was measured of the run.</summary>
    public RunScores Scores { get; }

    /// <summary>The same numbers and the sheets for TensorBoard.</summary>
    public RunEvents Events { get; }

    /// <summary>The averaged generator, written when the run is done.</summary>
    public string GeneratorFile => System.IO.Path.Combine(Path, "generator.safetensors");

    /// <summary>How the run stands, in words (<c>kind</c>, <c>since</c>, <c>words</c>, <c>changes</c>), written when it ends or breaks
    /// off.</summary>
    public string VerdictFile => System.IO.Path.Combine(Path, "verdict.json");

    /// <summary>Whether the run is done.</summary>
    public bool IsDone => File.Exists(GeneratorFile);

    /// <summary>Whether nothing is left to do: the run is done, or has diverged.</summary>
    public bool IsFinished => IsDone || Divergence is not null;

    /// <summary>How the training diverged; null where it did not. The same options end the same again.</summary>
    /// <exception cref="DataFileException">The file that says it is damaged.</exception>
    public TrainingDivergedException? Divergence
    {
        get
        {
            try
            {
                var json = File.Exists(DivergedFile) ? JsonNode.Parse(File.ReadAllText(DivergedFile)) : null;
                return json is null
                    ? null
                    : new TrainingDivergedException((long)json["step"]!, (string?)json["quantity"] ?? throw new FormatException(),
                    "That was seen when this folder was trained; it would come again. Change an option or the seed, and train into " +
                    "another folder.");
            }
            catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
            {
                throw new DataFileException(DivergedFile, "it is damaged; delete it, and train again.", e);
            }
        }
    }

    /// <summary>Keeps that the training diverged.</summary>
    internal void SetDiverged(TrainingDivergedException divergence) =>
        TensorFile.Write(DivergedFile, stream => JsonSerializer.Serialize(stream,
            new JsonObject { ["step"] = divergence.Step, ["quantity"] = divergence.Quantity }, Layout));

    /// <summary>Whether a folder holds a run.</summary>
    /// <param name="path">The folder.</param>
    public static bool Exists(string path) => File.Exists(OptionsFile(path));

    /// <summary>Makes a new run's folder.</summary>
    /// <param name="path">The folder; it must hold no run.</param>
    /// <param name="options">The run's options.</param>
    /// <returns>The run, before its first step.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="DataFileException">There is a run already, or the folder cannot be written.</exception>
    public static RunFolder Create(string path, ExperimentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var file = OptionsFile(path);
        if (File.Exists(file))
        {
            throw new DataFileException(path, "this folder holds a run already; go on with --resume, or name another folder.");
        }

        var document = new JsonObject { ["options"] = JsonNode.Parse(ExperimentJson.Write(options)),
            ["configuration"] = ExperimentJson.Hash(options), ["environment"] = RunEnvironment.Describe() };
        TensorFile.Write(file, stream => JsonSerializer.Serialize(stream, document, Layout));
        return new RunFolder(path, options, options.CheckpointEvery);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFileException">It holds no run, or its <c>run.json</c> is damaged.</exception>
    public static RunFolder Open(string path)
    {
        var file = OptionsFile(path);
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(file));
            var options = ExperimentJson.Read(document?["options"]?.ToJsonString() ?? throw new FormatException("It holds no options."));
            var earlier = document["resumedWith"]?.AsArray().Select(change => (int?)change?["insteadOf"] ?? 0).DefaultIfEmpty(0).Max() ?? 0;
            return new RunFolder(path, options, Math.Max(options.CheckpointEvery, earlier));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "there is no run in this folder (no run.json); check the name.", e);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new DataFileException(file, $"it is damaged ({e.Message.Split(". ")[0].TrimEnd('.')}); put it back from a copy, or " +
                $"begin the run again in another folder.", e);
        }
    }

    /// <summary>The run with another device or another distance between checkpoints, neither of which its results are known by.
    /// <c>run.json</c> takes them, and keeps a list of such changes.</summary>
    /// <param name="device">The device from here on.</param>
    /// <param name="checkpointEvery">Steps from one checkpoint to the next from here on.</param>
    /// <exception cref="ArgumentException">There is no such device, or the number is out of its range.</exception>
    /// <exception cref="DataFileException"><c>run.json</c> cannot be written.</exception>
    public RunFolder With(string device, int checkpointEvery)
    {
        var changed = Options with { Device = device, CheckpointEvery = checkpointEvery };
        changed.Validate();
        _ = ComputeDevice.Parse(device);
        using var held = RunLock.Hold(Path);
        var document = JsonNode.Parse(File.ReadAllText(OptionsFile(Path)))!.AsObject();
        document["options"] = JsonNode.Parse(ExperimentJson.Write(changed));
        document["resumedWith"] ??= new JsonArray();
        document["resumedWith"]!.AsArray()
            .Add(new JsonObject { ["device"] = device, ["checkpointEvery"] = checkpointEvery, ["insteadOf"] = Options.CheckpointEvery });
        TensorFile.Write(OptionsFile(Path), stream => JsonSerializer.Serialize(stream, document, Layout));
        return new RunFolder(Path, changed, Math.Max(FirstCheckpoint, checkpointEvery));
    }

    /// <summary>Deletes what a crash left half written: files that had not got their final names yet.</summary>
    internal void Tidy()
    {
        foreach (var part in Directory.GetFiles(Path, "*.part", SearchOption.AllDirectories))
        {
            try
            {
                File.Delete(part);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataFileException(part, $"it was left half written and cannot be deleted ({e.Message.TrimEnd('.')}); check " +
                    $"the folder and its permissions.", e);
            }
        }
    }

    /// <summary>Where the sheet of samples of a step lies.</summary>
    /// <param name="step">The training step.</param>
    public string Sheet(long step) =>
        System.IO.Path.Combine(Path, "samples", string.Create(CultureInfo.InvariantCulture, $"step-{step:D9}.png"));

    private string DivergedFile => System.IO.Path.Combine(Path, "diverged.json");

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n" };

    private static string OptionsFile(string path) => System.IO.Path.Combine(path, "run.json");
}
