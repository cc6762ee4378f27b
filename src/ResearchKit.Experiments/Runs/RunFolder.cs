using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run on disk: its options and environment (<c>run.json</c>), log, scores, events for TensorBoard, checkpoints, grids of
/// samples and, at the end, its verdict and its generator.</summary>
public sealed partial class RunFolder
{
    private RunFolder(string path, ExperimentOptions options, string configuration, int firstCheckpoint, SampleShape? shape = null)
    {
        (Path, Options, FirstCheckpoint, Shape) = (path, options, firstCheckpoint, shape);
        Checkpoints = new CheckpointFolder(In("checkpoints"), configuration);
        Log = new RunLog(In("log.jsonl"));
        Scores = new RunScores(In("scores.jsonl"));
        Events = new RunEvents(In("events"));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The run's checkpoints.</summary>
    public CheckpointFolder Checkpoints { get; }

    /// <summary>The run's numbers, step by step.</summary>
    public RunLog Log { get; }

    /// <summary>What was measured of the run.</summary>
    public RunScores Scores { get; }

    /// <summary>The same numbers and the grids for TensorBoard.</summary>
    public RunEvents Events { get; }

    /// <summary>The averaged generator, written when the run is done.</summary>
    public string GeneratorFile => In("generator.safetensors");

    /// <summary>The averaged generator of the moment with the best score so far, where a run is scored more than once.</summary>
    public string BestFile => In("best.safetensors");

    /// <summary>How the run stands, in words (<c>kind</c>, <c>since</c>, <c>words</c>, <c>changes</c>), written when it ends or breaks
    /// off.</summary>
    public string VerdictFile => In("verdict.json");

    /// <summary>Whether the run is done.</summary>
    public bool IsDone => File.Exists(GeneratorFile);

    /// <summary>Whether nothing is left to do: the run is done, or has diverged.</summary>
    public bool IsFinished => IsDone || Divergence is not null;

    /// <summary>How the training diverged; null where it did not. The same options end the same again.</summary>
    /// <exception cref="DataFileException">The file that says it is damaged.</exception>
    public TrainingDivergedException? Divergence => Ending.Divergence;

    /// <summary>How long it was trained so far, with scores and checkpoints; what a kill took after the last checkpoint does not count.
    /// </summary>
    public TimeSpan Time => TimeSpan.FromSeconds((double?)ReadDocument()["seconds"] ?? 0);

    /// <summary>The latest step at which the first checkpoint was due: the distance between them may have been changed.</summary>
    internal int FirstCheckpoint { get; }

    /// <summary>What a sample is, as the run's images were when it began; null of other data, of a run that has not begun, and of one of an
    /// earlier version.</summary>
    internal SampleShape? Shape { get; }

    /// <summary>Side in pixels of the run's images; null of points, and of a run that has not begun.</summary>
    public int? ImageSize => Shape?.Size;

    /// <summary>The trained networks that the run starts from; null where it starts from new ones.</summary>
    /// <exception cref="DataFileException">They were in the folder, and are gone or others.</exception>
    internal string? StartFile => ReadDocument()["from"] is not { } from ? null
        : File.Exists(In(StartName)) && DataCatalog.Sha256Of(In(StartName)) == (string?)from["sha256"] ? In(StartName)
        : throw new DataFileException(In(StartName), "the networks that the run starts from are gone or were changed; put the file back " +
            "from a copy, or begin the run again in another folder.");

    /// <summary>The generator that a run had at its end before it was made longer.</summary>
    internal string BeforeFile => In("generator-before.safetensors");

    private const string StartName = "start.safetensors";

    /// <summary>How its trainings ended that did not come to the run's end.</summary>
    internal RunEnding Ending => new(Path);

    // Nothing is lost where it is begun again.
    private bool IsUntouched => !IsFinished && !File.Exists(In("log.jsonl")) && !Directory.Exists(In("checkpoints"));

    /// <summary>Where the grid of samples of a step lies.</summary>
    public string Grid(long step) => Shown(step, ".png");

    /// <summary>Where samples of a step lie that are kept in another form: sounds as <c>.wav</c>, clips as <c>.film.png</c>.</summary>
    internal string Shown(long step, string ending) => System.IO.Path.Combine(Path, "samples", $"step-{step:D9}{ending}");

    /// <summary>The files that show samples of a step; none where there are none.</summary>
    public IReadOnlyList<string> ShownAt(long step) =>
        Directory.Exists(In("samples")) ? [.. Directory.GetFiles(In("samples"), $"step-{step:D9}.*").Order(StringComparer.Ordinal)] : [];

    /// <summary>Whether a folder holds a run.</summary>
    public static bool Exists(string path) => File.Exists(OptionsFile(path));

    /// <summary>Checks all of a run that can be checked before data are read.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together; says which and why.</exception>
    public static void Check(ExperimentOptions options)
    {
        ExperimentKinds.Check(options);
        ScoreKinds.Check(options);
    }

    /// <summary>Makes a new run's folder.</summary>
    /// <param name="path">The folder; it must hold no run, or one that was never trained, for example because its data could not be read.
    /// </param>
    /// <param name="options">The run's options.</param>
    /// <param name="from">Trained networks to start from; null for new ones. Stay the caller's.</param>
    /// <param name="mayExist">Whether a run that is there by now, of another process that began it at the same time, is opened instead.
    /// </param>
    /// <returns>The run, before its first step.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    /// <exception cref="DataFileException">There is a run already, or the folder cannot be written.</exception>
    public static RunFolder Create(string path, ExperimentOptions options, StartingWeights? from = null, bool mayExist = false)
    {
        Check(options);
        if (from is not null && ExperimentKinds.IsTranslation(options))
        {
            throw new ArgumentException("A training from image to image begins with new networks: leave --from out.");
        }

        using var held = RunLock.HoldNew(path); // another process may be about to train it
        if (Exists(path) && Open(path) is { IsUntouched: false } there)
        {
            return mayExist ? there
                : throw new DataFileException(path, "this folder holds a run already; continue it with --resume, or name another folder.");
        }

        var configuration = ExperimentJson.Hash(options);
        var document = new JsonObject
        {
            ["options"] = ExperimentJson.Node(options), ["configuration"] = configuration, ["environment"] = RunEnvironment.Describe(),
        };
        var start = System.IO.Path.Combine(path, StartName);
        if (from is not null)
        {
            SafetensorsFile.Write(start, from.Weights.Values);
            document["from"] = new JsonObject
            {
                ["source"] = from.Source, ["step"] = from.Step, ["sha256"] = DataCatalog.Sha256Of(start),
            };
        }
        else if (File.Exists(start))
        {
            File.Delete(start); // an earlier command's, which did not come to train
        }

        ExperimentJson.Save(OptionsFile(path), document);
        return new RunFolder(path, options, configuration, options.Run.CheckpointEvery);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="DataFileException">It holds no run, or its <c>run.json</c> is damaged.</exception>
    public static RunFolder Open(string path)
    {
        var file = OptionsFile(path);
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(file));
            var options = ExperimentJson.Read(document?["options"]?.AsObject() ?? throw new FormatException("It holds no options."));
            // an earlier version's hash of the same options was another, and the checkpoints carry it
            var configuration = (string?)document["configuration"] ?? ExperimentJson.Hash(options);
            var earlier = (document["resumedWith"]?.AsArray() ?? []).Select(change => (int?)change?["insteadOf"] ?? 0);
            return new RunFolder(path, options, configuration, earlier.Append(options.Run.CheckpointEvery).Max(),
                RunData.ShapeOf(document["data"]?.AsObject()));
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

    /// <summary>Keeps why a training failed, for those who look at the folder later.</summary>
    /// <param name="reason">A sentence.</param>
    /// <remarks>Where it cannot be written, as on a full disk, it is not: the error itself is what counts.</remarks>
    public void SetFailed(string reason) => Ending.SetFailed(reason);

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

    /// <summary>Reads <c>run.json</c>.</summary>
    internal JsonObject ReadDocument() => JsonNode.Parse(File.ReadAllText(OptionsFile(Path)))!.AsObject();

    /// <summary>Where the run's options lie; it is written again whenever the run gets on.</summary>
    internal string OptionsFile() => OptionsFile(Path);

    private static string OptionsFile(string path) => System.IO.Path.Combine(path, "run.json");

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
