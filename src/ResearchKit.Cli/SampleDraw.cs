using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Experiments.Options;
using ResearchKit.Imaging;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>Which samples <c>sample</c> draws, and how they become files.</summary>
/// <param name="Generator">What draws them.</param>
/// <param name="Name">What it is called in errors.</param>
/// <param name="Count">How many.</param>
/// <param name="Seed">Chooses their z.</param>
/// <param name="Seeds">One sample of each of these in place of both; null for none.</param>
/// <param name="Label">The only class, by its number; null for classes as often as the data have them.</param>
/// <param name="Truncation">As the option says; null for none.</param>
internal sealed record SampleDraw(LatentGenerator Generator, string Name, int Count, long Seed, long[]? Seeds, long? Label,
    double? Truncation)
{
    private const int MostTiles = 256; // a film of more is larger than anybody looks at
    private const int FrameMilliseconds = 80;

    private IEnumerable<(int Count, long Seed)> Parts => Seeds?.Select(one => (1, one)) ?? [(Count, Seed)];

    /// <summary>Images into a folder, or a grid, there with the nearest of other images below each row.</summary>
    public void WriteImages(string? folder, string? grid, string? nearest, DataOptions? reading, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sets = Parts.Select(p => GeneratorImages.Draw(Generator, Name, p.Count, p.Seed, label: Label, truncation: Truncation,
            cancellation: cancellation)).ToList();
        using var set = new ImageSet(Name, cat([.. sets.Select(x => x.Images)])); // (N, C, H, W)
        sets.ForEach(x => x.Dispose());
        using var pairs = nearest is null ? null : WithNearest(set, nearest, reading, cancellation);
        if (grid is not null)
        {
            ImageGrid.Of(pairs ?? set.Images, Columns(set.Count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (folder is not null)
        {
            ImageFolderWriter.Write(set, folder, cancellation);
            Console.WriteLine($"{set.Count} images written to {folder}");
        }
    }

    /// <summary>Sounds into a folder, a sheet of spectrograms, or one WAV file.</summary>
    public void WriteSounds(string? folder, string? grid, string? wav, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sets = Parts.Select(p => GeneratorSounds.Draw(Generator, Name, p.Count, p.Seed, truncation: Truncation,
            cancellation: cancellation)).ToList();
        using var set = new SoundSet(Name, cat([.. sets.Select(x => x.Sounds)]), sets[0].Rate); // (N, 1, T)
        sets.ForEach(x => x.Dispose());
        if (grid is not null)
        {
            SoundSheet.Of(set, Columns(set.Count)).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (wav is not null)
        {
            set.WriteWav(wav);
            Console.WriteLine($"{wav} written");
        }

        if (folder is not null)
        {
            set.Write(folder, cancellation);
            Console.WriteLine($"{set.Count} sounds written to {folder}");
        }
    }

    /// <summary>Clips into a folder of folders of frames, a sheet of their frames, or a film that plays.</summary>
    public void WriteClips(string? folder, string? grid, string? film, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sets = Parts.Select(p => GeneratorClips.Draw(Generator, Name, p.Count, p.Seed, truncation: Truncation,
            cancellation: cancellation)).ToList();
        using var set = new ClipSet(Name, cat([.. sets.Select(x => x.Clips)])); // (N, C, T, H, W)
        sets.ForEach(x => x.Dispose());
        if (Math.Max(grid is null ? 0 : set.Count, film is null ? 0 : set.Count) > MostTiles)
        {
            throw new UsageException($"A grid or a film takes at most {MostTiles} clips, not {set.Count}; name fewer with --count.");
        }

        foreach (var (file, image) in new (string? File, Func<CaptionedImage> Image)[]
            { (grid, () => ClipSheet.Strip(set)), (film, () => ClipSheet.Film(set)) })
        {
            if (file is not null)
            {
                var drawn = image();
                drawn.Save(file);
                Console.WriteLine($"{file} written: {drawn}");
            }
        }

        if (folder is not null)
        {
            ClipSheet.Write(set, folder, cancellation);
            Console.WriteLine($"{set.Count} clips written to {folder}");
        }
    }

    /// <summary>Lines of text into a file; without one they are printed.</summary>
    public void WriteText(string? file, CancellationToken cancellation)
    {
        var lines = Parts.SelectMany(p => GeneratorText.Draw(Generator, Name, p.Count, p.Seed, truncation: Truncation,
            cancellation: cancellation)).ToList();
        if (file is null)
        {
            lines.ForEach(Console.WriteLine);
            return;
        }

        TextFile.Write(file, lines);
        Console.WriteLine($"{file} written");
    }

    /// <summary>An animated PNG that walks through latent space.</summary>
    public void WriteFilm(string file, CancellationToken cancellation)
    {
        if (Count > MostTiles)
        {
            throw new UsageException($"A film takes at most {MostTiles} tiles, not {Count}; name fewer with --count.");
        }

        var frames = GeneratorImages.Walk(Generator, Name, Count, Seed, label: Label, truncation: Truncation)
            .TakeWhile(_ => !cancellation.IsCancellationRequested);
        var animation = GridAnimation.Of(frames, Columns(Count), frameMilliseconds: FrameMilliseconds);
        cancellation.ThrowIfCancellationRequested();
        animation.Save(file);
        Console.WriteLine($"{file} written: {animation}");
    }

    // Rows of samples in turn with rows of their neighbours; shape (2 N, C, H, W), filled up with white.
    private static Tensor WithNearest(ImageSet set, string name, DataOptions? reading, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var source = SampleSource.Open(name);
        using var sized = source.Images?.ResizeTo(set.Height);
        using var alike = sized?.ToChannels(set.Channels);
        IImageSource pool = source.Folder is null
            ? alike ?? throw new UsageException($"--nearest {name}: name images, a folder or a part of a set, as emoji-faces-32:train.")
            : new FolderSource(name, new ImageFolderOptions
            {
                Size = set.Height, Channels = set.Channels, Fit = reading?.Fit ?? ImageFit.Crop,
                Alpha = reading?.Alpha ?? AlphaHandling.OnWhite, Orientation = reading?.Orientation ?? ImageOrientation.Stored,
                OnBroken = e => Console.Error.WriteLine("left out: " + e.Message),
            });
        using var found = NearestImages.Of(set.Images, pool, cancellation);
        var differences = found.Differences;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nearest of {found.Compared:N0} images of {name}, root mean " +
            $"square difference of pixels from 0 to 255: median {differences.Median:0.0}, least {differences.Distances.Min():0.0} (0 is " +
            $"a copy)"));
        var (count, columns) = (set.Count, Columns(set.Count));
        var white = full([(columns - (count % columns)) % columns, .. set.Images.shape[1..]], 255, ScalarType.Byte); // (rest, C, H, W)
        var rows = cat([set.Images, white]).split(columns).Zip(cat([found.Images, white]).split(columns));
        return cat([.. rows.SelectMany(r => new[] { r.First, r.Second })]).MoveToOuterDisposeScope();
    }

    private static int Columns(long count) => (int)Math.Ceiling(Math.Sqrt(count));
}
