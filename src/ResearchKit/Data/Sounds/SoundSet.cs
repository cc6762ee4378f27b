using System.Globalization;
using System.Security.Cryptography;
using ResearchKit.Files;

namespace ResearchKit.Data.Sounds;

/// <summary>Sounds of one length and rate, held as one tensor. In a notebook it shows and plays itself.</summary>
public sealed class SoundSet : IDisposable
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true };

    /// <summary>Takes ownership of the tensor.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="sounds">float32, shape (N, 1, T), N >= 1; [-1, 1] is the range of a loudspeaker.</param>
    /// <param name="rate">Samples a second, at least 1.</param>
    /// <exception cref="ArgumentException">The dtype or the shape is another.</exception>
    public SoundSet(string name, Tensor sounds, int rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        if (sounds.dtype != ScalarType.Float32 || sounds.dim() != 3 || sounds.shape[0] < 1 || sounds.shape[1] != 1)
        {
            throw new ArgumentException($"Sounds must be float32 of shape (N, 1, T) with N >= 1, not {sounds.dtype} of shape " +
                $"{TensorShape.Show(sounds.shape)}.", nameof(sounds));
        }

        (Name, Sounds, Rate) = (name, sounds.DetachFromDisposeScope(), rate);
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name { get; }

    /// <summary>float32, shape (N, 1, T); owned by the set.</summary>
    public Tensor Sounds { get; }

    /// <summary>Samples a second.</summary>
    public int Rate { get; }

    /// <summary>How many sounds.</summary>
    public long Count => Sounds.shape[0];

    /// <summary>Samples of each.</summary>
    public int Length => (int)Sounds.shape[2];

    /// <summary>Files of the folder that are not in the set, a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; private init; } = [];

    /// <summary>Reads the WAV files of a folder and of the folders below it, in the order of their names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="length">Samples of each sound: a longer file gives its first ones, a shorter one ends in silence.</param>
    /// <param name="rate">Samples a second; files of another rate are resampled (<see cref="SoundFile"/>).</param>
    /// <param name="progress">Told how many files are read, of how many.</param>
    /// <returns>The sounds of all files that can be read; the others are in <see cref="LeftOut"/>. The caller disposes it.</returns>
    /// <exception cref="DataFileException">There is no such folder, or no file in it that can be read.</exception>
    public static SoundSet Read(string folder, int length, int rate, Action<int, int>? progress = null) =>
        ReadAll(folder, [folder], length, rate, progress);

    /// <summary>Reads several folders as one set, one after the other.</summary>
    internal static SoundSet ReadAll(string name, IReadOnlyList<string> folders, int length, int rate, Action<int, int>? progress)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var files = folders.SelectMany(FilesOf).ToList();
        var (sounds, broken) = (new List<float[]>(), new List<string>());
        foreach (var (i, file) in files.Index())
        {
            try
            {
                var sound = SoundFile.Read(file, rate, length);
                Array.Resize(ref sound, length);
                sounds.Add(sound);
            }
            catch (DataFileException e)
            {
                broken.Add(e.Message);
            }

            progress?.Invoke(i + 1, files.Count);
        }

        if (sounds.Count == 0)
        {
            throw new DataFileException(string.Join(", ", folders), files.Count == 0
                ? "there is no WAV file in this folder; name a folder with files that end in .wav."
                : $"none of its {files.Count} WAV files can be read; the first: {broken[0]}");
        }

        using var scope = NewDisposeScope();
        var all = zeros(sounds.Count, 1, length); // (N, 1, T)
        foreach (var (i, sound) in sounds.Index())
        {
            using var each = NewDisposeScope();
            all[i, 0].copy_(tensor(sound));
        }

        return new SoundSet(name, all, rate) { LeftOut = broken };
    }

    /// <summary>Picks sounds.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N), on the CPU.</param>
    /// <returns>A new set of its own. The caller disposes it.</returns>
    public SoundSet Select(Tensor indices) => new(Name, Sounds.index_select(0, indices.to(Sounds.device)), Rate);

    /// <summary>SHA-256 of the rate and of all samples, in order.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(Rate));
        using var onCpu = Sounds.cpu();
        using var all = onCpu.contiguous();
        hash.AppendData(all.bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes one WAV file a sound, <c>000000.wav</c>, <c>000001.wav</c>, ...; each whole or not at all.</summary>
    /// <param name="folder">The folder; it is made when it is missing, and files of the same names are replaced.</param>
    /// <param name="cancellation">Ends the work between two files with an <see cref="OperationCanceledException"/>.</param>
    public void Write(string folder, CancellationToken cancellation = default)
    {
        for (var i = 0; i < Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            SoundFile.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:D6}.wav")), Samples(i), Rate);
        }
    }

    /// <summary>One sound as numbers.</summary>
    /// <param name="index">Which, in [0, N).</param>
    /// <returns>T samples.</returns>
    public float[] Samples(long index)
    {
        using var scope = NewDisposeScope();
        return Sounds[index, 0].cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Writes one WAV file with all sounds, one after the other, and a tenth of a second of silence after each.</summary>
    /// <param name="path">The file.</param>
    public void WriteWav(string path) => AtomicFile.Write(path, Wav());

    /// <summary>The bytes of that file.</summary>
    public byte[] Wav()
    {
        var pause = new float[Rate / 10];
        return SoundFile.Encode([.. Enumerable.Range(0, (int)Count).SelectMany(i => Samples(i).Concat(pause))], Rate);
    }

    /// <summary>Whether a folder is one of sounds: it holds WAV files, itself or below, and no images.</summary>
    /// <param name="folder">The folder.</param>
    public static bool Exists(string folder)
    {
        var found = false;
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", Everything) : [])
        {
            if (ImageFolder.IsImage(file))
            {
                return false;
            }

            found |= IsSound(file);
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => Sounds.Dispose();

    /// <summary>The name, the number and the length.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Count} sounds of {Length} samples at {Rate} Hz ({(double)Length / Rate:0.00} s)");

    private static List<string> FilesOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataFileException(folder, "there is no such folder.");
        }

        var walk = new FolderWalk(folder);
        return [.. walk.Files().Concat(walk.Subfolders().SelectMany(walk.FilesBelow))
            .Where(IsSound)];
    }

    private static bool IsSound(string path) => path.EndsWith(".wav", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Shuffled batches of sounds, shape (BatchSize, 1, T).</summary>
/// <param name="set">The sounds; stay the caller's. Batches come on their device.</param>
/// <param name="batchSize">Sounds a batch, at most as many as there are.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class SoundBatches(SoundSet set, int batchSize, long seed) : SampledBatches(set.Count, batchSize, seed)
{
    /// <inheritdoc/>
    protected override Batch Take(Tensor indices)
    {
        using var onDevice = indices.to(set.Sounds.device);
        return set.Sounds.index_select(0, onDevice); // (B, 1, T)
    }
}
