using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Experiments.Runs;

/// <summary>Who trains a run, as <c>running.json</c> says while it is trained: it is there for people, and for file systems on which a lock
/// does not reach other machines.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Process">The process there.</param>
/// <param name="Since">When it began.</param>
/// <param name="Job">The job of Slurm that it is of, as <c>17_4</c>; null where there is none.</param>
/// <param name="Beats">How often the file was written: a number that grows is of a process that lives.</param>
internal sealed record RunHolder(string Host, int Process, DateTimeOffset Since, string? Job, long Beats)
{
    /// <summary>The time between two writings.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    /// <summary>This process.</summary>
    public static RunHolder Here => new(Environment.MachineName, Environment.ProcessId, DateTimeOffset.UtcNow, SlurmJob(), 0);

    /// <summary>Whether it is another machine's.</summary>
    public bool IsElsewhere => Host != Environment.MachineName;

    /// <summary>The file.</summary>
    public static string FileOf(string run) => Path.Combine(run, "running.json");

    /// <summary>Whether a process of another machine wrote the file a moment ago, by the clocks of both.</summary>
    public static bool IsFresh(string run) => DateTime.UtcNow - File.GetLastWriteTimeUtc(FileOf(run)) < 3 * Beat;

    /// <summary>Who is said to train a run; null where nobody is, and where the file is damaged.</summary>
    public static RunHolder? Of(string run)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(FileOf(run)))!;
            return new RunHolder((string)json["host"]!, (int)json["process"]!, (DateTimeOffset)json["since"]!, (string?)json["job"],
                (long)json["beats"]!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NullReferenceException
            or ArgumentNullException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes the file, new.</summary>
    /// <returns>Whether it was not there: of two processes that ask at once one gets true, on any file system.</returns>
    public bool Claim(string run)
    {
        FileStream file;
        try
        {
            file = new FileStream(FileOf(run), FileMode.CreateNew, FileAccess.Write);
        }
        catch (IOException) when (File.Exists(FileOf(run)))
        {
            return false;
        }

        using (file)
        {
            file.Write(Bytes());
            return true;
        }
    }

    /// <summary>Writes the file again.</summary>
    public void Write(string run) => AtomicFile.Write(FileOf(run), Bytes());

    /// <inheritdoc/>
    public override string ToString() => $"on {Host} since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (process {Process}" +
        $"{(Job is null ? "" : $", Slurm job {Job}")})";

    private byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["host"] = Host, ["process"] = Process, ["since"] = Since, ["job"] = Job, ["beats"] = Beats,
    });

    private static string? SlurmJob() => Environment.GetEnvironmentVariable("SLURM_ARRAY_JOB_ID") is { Length: > 0 } array
        ? $"{array}_{Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_ID")}"
        : Environment.GetEnvironmentVariable("SLURM_JOB_ID");
}
