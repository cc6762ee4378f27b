using System.CommandLine;
using ResearchKit.Data;
using ResearchKit.Experiments;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary><c>researchkit sample RUN [--count N] [--seed S] [--folder DIR] [--grid FILE]</c>.</summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run's folder, or a generator's file." };
        var count = new Option<int>("--count") { Description = "How many samples.", DefaultValueFactory = _ => 64 }.AtLeast(1);
        var seed = new Option<long>("--seed") { Description = "Chooses z." };
        var folder = new Option<string?>("--folder") { Description = "A folder for one PNG a sample." };
        var grid = new Option<string?>("--grid") { Description = "A PNG with all of them side by side." };
        var command = new Command("sample", "Draws samples from a trained generator of pictures.") { run, count, seed, folder, grid };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed.GetValue(run)!, parsed.GetValue(count), parsed.GetValue(seed), parsed.GetValue(folder), parsed.GetValue(grid), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(string path, int count, long seed, string? folder, string? grid, CancellationToken cancellation)
    {
        if (folder is null && grid is null)
        {
            throw new UsageException("Say where the samples go: --folder DIR, --grid FILE.png, or both.");
        }

        NativeRuntime.EnsureLoaded();
        using var generator = GeneratorFile.Load(GeneratorOf(path));
        using var set = GeneratorImages.Draw(generator, path, count, seed, cancellation: cancellation);
        if (grid is not null)
        {
            ImageGrid.Of(set.Images, columns: (int)Math.Ceiling(Math.Sqrt(count))).Save(grid);
            Console.WriteLine($"{grid} written");
        }

        if (folder is not null)
        {
            PictureFolder.Write(set, folder, cancellation);
            Console.WriteLine($"{count} pictures written to {folder}");
        }

        return 0;
    }

    private static string GeneratorOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return path;
        }

        var run = RunFolder.Open(path);
        return run.IsDone ? run.GeneratorFile : throw new DataFileException(path, "this run is not done, so it has no generator yet; finish it with train --resume.");
    }
}
