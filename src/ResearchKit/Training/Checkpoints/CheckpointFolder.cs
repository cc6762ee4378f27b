using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.Json;
using System.Text;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.State;

namespace ResearchKit.Training.Checkpoints;

/// <summary>A folder of checkpoints, of which the last ones are kept. A crash at any moment leaves the ones before whole.</summary>
/// <remarks>A checkpoint is a safetensors file and, written after it, a JSON manifest with the file's length and SHA-256. Both are written
/// beside and renamed. A checkpoint whose manifest or file is missing, torn or changed is passed over, and it is said; one of another
/// configuration is an error. Processes that share a training all make the calls; the first one reads and writes.</remarks>
public sealed class CheckpointFolder
{
    private const string ManifestSuffix = ".json";
    private const string FileSuffix = ".safetensors";

    private readonly string _folder;
    private readonly string _configuration;
    private readonly int _keep;

    /// <summary>Names the folder; nothing is made yet.</summary>
    /// <param name="folder">Where the checkpoints lie.</param>
    /// <param name="configuration">What tells this training from others, for example the SHA-256 of its options: a state is only put back
    /// into the training that it is of.</param>
    /// <param name="keep">How many checkpoints are kept, at least 1; older ones are deleted.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is below 1.</exception>
    public CheckpointFolder(string folder, string configuration, int keep = 3)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (_folder, _configuration, _keep) = (folder, configuration, keep);
    }

    /// <summary>Writes a checkpoint and deletes those beyond the last ones.</summary>
    /// <param name="trainer">The training, between two steps.</param>
    /// <exception cref="DataFileException">It cannot be written; the ones before are whole.</exception>
    public void Save(StepTrainer trainer)
    {
        using var state = new StateStore();
        trainer.SaveAll(state);
        if (trainer.Group is { Rank: > 0 })
        {
            return;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"step-{trainer.StepsDone:D9}");
        var file = Path.Combine(_folder, name + FileSuffix);
        SafetensorsFile.Write(file, state.Values);
        var manifest = CheckpointManifest.Of(trainer.StepsDone, Path.GetFileName(file), new FileInfo(file).Length,
            DataCatalog.Sha256Of(file), _configuration);
        TensorFile.Write(Path.Combine(_folder, name + ManifestSuffix), stream => stream.Write(manifest.ToJson()));
        Prune(name + ManifestSuffix);
    }

    /// <summary>The step of the newest checkpoint, which is not looked into; null where there is none.</summary>
    public long? LastStep => Manifests().Select(m => Path.GetFileNameWithoutExtension(m)["step-".Length..])
        .Select(s => long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : (long?)null).Max();

    /// <summary>Puts the newest whole checkpoint back.</summary>
    /// <param name="trainer">A new trainer, built as the one that was saved.</param>
    /// <param name="passedOver">Told of each newer checkpoint that could not be used, and why.</param>
    /// <returns>The step that the training stands after; null where there is no checkpoint, and the trainer is as it was.</returns>
    /// <exception cref="DataFileException">There are checkpoints and none can be used, or the newest whole one is of another
    /// configuration.</exception>
    public long? Load(StepTrainer trainer, Action<string>? passedOver = null)
    {
        if (trainer.Group is { Rank: > 0 } || Newest(passedOver) is not var (path, state))
        {
            return trainer.LoadAll(null) ? trainer.StepsDone : null;
        }

        using (state)
        {
            try
            {
                trainer.LoadAll(state);
                return trainer.StepsDone;
            }
            catch (InvalidDataException e)
            {
                throw new DataFileException(path,
                    $"{e.Message.TrimEnd('.')}; build the training with the options that it was saved with.", e);
            }
        }
    }

    /// <summary>What the newest whole checkpoint holds.</summary>
    /// <returns>Its manifest's path and its values, which the caller disposes; null where there is no checkpoint.</returns>
    /// <inheritdoc cref="Load"/>
    internal (string Path, StateStore State)? Newest(Action<string>? passedOver)
    {
        var manifests = Manifests();
        foreach (var path in manifests.Concat(Orphans()).OrderDescending(StringComparer.Ordinal))
        {
            if (Open(path, passedOver) is { } state)
            {
                return (path, state);
            }
        }

        // A file that never got a manifest is what a crash in the first checkpoint leaves: nothing is lost then.
        return manifests.Length == 0
            ? null
            : throw new DataFileException(_folder, $"none of its checkpoints can be used ({manifests.Length} damaged); put one back from " +
                $"a copy, or begin the run again in another folder.");
    }

    private StateStore? Open(string path, Action<string>? passedOver)
    {
        if (path.EndsWith(FileSuffix, StringComparison.Ordinal))
        {
            passedOver?.Invoke($"{path}: it has no manifest, as after a crash while it was written; it is passed over.");
            return null;
        }

        try
        {
            var manifest = CheckpointManifest.FromJson(File.ReadAllBytes(path));
            if (manifest.IsWhole && manifest.Configuration != _configuration)
            {
                throw new DataFileException(path, "this checkpoint is of a training with other options; resume with the options it " +
                    "began with, or choose another folder.");
            }

            var file = Path.ChangeExtension(path, FileSuffix);
            var problem = !manifest.IsWhole ? "it was changed: its seal is another"
                : manifest.File != Path.GetFileName(file) ? "it is of another checkpoint"
                : !File.Exists(file) ? "its file is missing"
                : new FileInfo(file).Length != manifest.Bytes ? $"its file has {new FileInfo(file).Length} bytes, not {manifest.Bytes}"
                : DataCatalog.Sha256Of(file) != manifest.Sha256 ? "its file was changed: the SHA-256 is another"
                : null;
            if (problem is null)
            {
                return StateStore.Of(SafetensorsFile.Read(file));
            }

            passedOver?.Invoke($"{path}: {problem}; it is passed over.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            passedOver?.Invoke($"{path}: it cannot be read ({e.Message.TrimEnd('.')}); it is passed over.");
        }

        return null;
    }

    // Names sort as steps do.
    private string[] Manifests() => Files(ManifestSuffix);

    private string[] Orphans() => [.. Files(FileSuffix).Where(f => !File.Exists(Path.ChangeExtension(f, ManifestSuffix)))];

    private string[] Files(string suffix) =>
        Directory.Exists(_folder) ? [.. Directory.GetFiles(_folder, "step-*" + suffix).Order(StringComparer.Ordinal)] : [];

    // Newer ones than the one just saved were passed over when the training was put back: they are damaged, and must not take the place of
    // whole ones. A crash may have left a file without its manifest, which does not count.
    private void Prune(string saved)
    {
        var newer = Manifests().Where(m => string.CompareOrdinal(Path.GetFileName(m), saved) > 0).ToList();
        foreach (var old in newer.Concat(Manifests().SkipLast(newer.Count).SkipLast(_keep)))
        {
            File.Delete(old); // first: a file without a manifest does not count
        }

        Array.ForEach(Orphans(), File.Delete);
    }
}

/// <summary>What stands beside a checkpoint's file: without it, or where it does not fit the file, the checkpoint does not count.</summary>
/// <remarks>The seal is the SHA-256 of the other values, so that a damaged manifest is known from one of another configuration.</remarks>
internal sealed record CheckpointManifest(long Step, string File, long Bytes, string Sha256, string Configuration, string Seal)
{
    /// <summary>A manifest with its seal.</summary>
    public static CheckpointManifest Of(long step, string file, long bytes, string sha256, string configuration)
    {
        var open = new CheckpointManifest(step, file, bytes, sha256, configuration, "");
        return open with { Seal = open.ExpectedSeal() };
    }

    /// <summary>Whether the values are those that were sealed.</summary>
    [JsonIgnore]
    public bool IsWhole => Seal == ExpectedSeal();

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointManifest);

    /// <exception cref="JsonException">The bytes are no manifest.</exception>
    public static CheckpointManifest FromJson(byte[] json) =>
        JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointManifest) ?? throw new JsonException("it is null");

    private string ExpectedSeal() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{Step}\n{File}\n{Bytes}\n{Sha256}\n{Configuration}"))));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
