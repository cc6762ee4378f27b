using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Data;
using ResearchKit.Data.Files;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Experiments;

/// <summary>A run on disk: its options and environment (<c>run.json</c>), log, checkpoints, sheets of samples and, at the end, its generator.</summary>
public sealed class RunFolder
{
    private RunFolder(string path, ExperimentOptions options)
    {
        (Path, Options) = (path, options);
        Checkpoints = new CheckpointFolder(System.IO.Path.Combine(path, "checkpoints"), ExperimentJson.Hash(options));
        Log = new RunLog(System.IO.Path.Combine(path, "log.jsonl"));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The run's checkpoints.</summary>
    public CheckpointFolder Checkpoints { get; }

    /// <summary>The run's numbers, step by step.</summary>
    public RunLog Log { get; }

    /// <summary>The averaged generator, written when the run is done.</summary>
    public string GeneratorFile => System.IO.Path.Combine(Path, "generator.safetensors");

    /// <summary>How the run stands, in words (<c>kind</c>, <c>since</c>, <c>words</c>, <c>changes</c>), written when it ends or breaks off.</summary>
    public string VerdictFile => System.IO.Path.Combine(Path, "verdict.json");

    /// <summary>Whether the run is done.</summary>
    public bool IsDone => File.Exists(GeneratorFile);

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

        var document = new JsonObject { ["options"] = JsonNode.Parse(ExperimentJson.Write(options)), ["configuration"] = ExperimentJson.Hash(options), ["environment"] = RunEnvironment.Describe() };
        TensorFile.Write(file, stream => JsonSerializer.Serialize(stream, document, Layout));
        return new RunFolder(path, options);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFileException">It holds no run, or its <c>run.json</c> is damaged.</exception>
    public static RunFolder Open(string path)
    {
        var file = OptionsFile(path);
        try
        {
            return new RunFolder(path, ExperimentJson.Read(JsonNode.Parse(File.ReadAllText(file))?["options"]?.ToJsonString() ?? throw new FormatException("It holds no options.")));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "there is no run in this folder (no run.json); check the name.", e);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new DataFileException(file, $"it is damaged ({e.Message.TrimEnd('.')}); put it back from a copy, or begin the run again in another folder.", e);
        }
    }

    /// <summary>Deletes what a crash left half written: files that had not got their final names yet.</summary>
    internal void Tidy()
    {
        foreach (var part in Directory.GetFiles(Path, "*.part", SearchOption.AllDirectories))
        {
            File.Delete(part);
        }
    }

    /// <summary>Where the sheet of samples of a step lies.</summary>
    /// <param name="step">The training step.</param>
    public string Sheet(long step) => System.IO.Path.Combine(Path, "samples", FormattableString.Invariant($"step-{step:D9}.png"));

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n" };

    private static string OptionsFile(string path) => System.IO.Path.Combine(path, "run.json");
}
