using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Training;

namespace ResearchKit.Cli;

/// <summary>Runs the cells of a sweep, each as a process of <c>researchkit train</c>, several at a time.</summary>
internal sealed class SweepRunner(SweepPlan plan, string preset, string folder)
{
    // As this process was started: `dotnet FILE.dll`, or the tool by itself.
    private static readonly string[] Program = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, typeof(SweepRunner).Assembly.Location]
        : [Environment.ProcessPath!];

    private readonly Lock _console = new();
    private int _finished;

    /// <summary>The runs that are not done, in the plan's order.</summary>
    public IReadOnlyList<SweepCell> Left() => [.. plan.Cells.Where(c => !Look(c).IsFinished)];

    /// <summary>The line that trains one run in a POSIX shell, from the folder where this process was started; it needs no PATH.</summary>
    public string CommandOf(SweepCell cell) =>
        string.Join(' ', Program.Concat(Arguments(cell, Path.GetFullPath(folder))).Select(SlurmArray.Quoted));

    /// <summary>Trains the seeds of each setting as one, where that can be: of those that no process has begun by itself.</summary>
    public void TrainBatched(CancellationToken cancellation)
    {
        foreach (var setting in plan.Settings)
        {
            var cells = Left().Where(c => c.Setting == setting && IsFresh(c)).ToList();
            if (cells.Count < 2)
            {
                continue;
            }

            var runs = new List<RunFolder>();
            try
            {
                runs.AddRange(cells.Select(c => RunFolder.Create(Path.Combine(folder, c.Folder), c.Options, mayExist: true)));
                Say($"{setting.Name}: {runs.Count} seeds as one");
                foreach (var _ in BatchedRun.Train(runs, Say, cancellation).WithProgress(cells[0].Options.Run.Steps, Console.Error))
                {
                }
            }
            catch (ArgumentException e)
            {
                Say($"{setting.Name}: {CommandLine.Sentence(e)}");
            }
            catch (OperationCanceledException)
            {
                Say($"{setting.Name}: interrupted; these seeds begin anew.");
                throw;
            }
            catch (Exception e) when (e is not RunHeldException)
            {
                runs.ForEach(r => r.SetFailed(CommandLine.Sentence(e)));
                throw;
            }
        }
    }

    /// <summary>Trains what is left, and tells at the end of the runs that failed. One that diverged is done, not failed.</summary>
    public async Task TrainAsync(int jobs, CancellationToken cancellation)
    {
        var left = Left();
        _finished = plan.Cells.Count - left.Count;
        Say($"{plan.Cells.Count} runs: {plan.Settings.Count} settings, {plan.Cells.Count / plan.Settings.Count} seeds; {_finished} done " +
            $"already");
        var failures = new ConcurrentQueue<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        await Parallel.ForEachAsync(left, options, async (cell, stop) =>
        {
            var watch = Stopwatch.StartNew();
            var (exitCode, error) = await TrainAsync(cell, stop).ConfigureAwait(false);
            var (isFinished, told) = Look(cell);
            if (!isFinished)
            {
                failures.Enqueue($"{cell.Folder}: {(error.Length > 0 ? error : $"its process ended with {exitCode}")}");
            }

            Say($"{Interlocked.Increment(ref _finished)} of {plan.Cells.Count}  {cell.Folder}  {watch.Elapsed.TotalSeconds:0} s  {told}");
        }).ConfigureAwait(false);
        failures.ToList().ForEach(Say);
    }

    /// <summary>Saves and prints a sweep's tables, and tells of missing runs.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(SweepResults results, Func<SweepResults, string> save)
    {
        Console.Write(save(results));
        if (results.Missing.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine($"error: {results.Missing.Count} of {results.Plan.Cells.Count} runs are missing; the first: " +
            $"{results.Missing[0].Problem}");
        return ExitCode.Failed;
    }

    private async Task<(int ExitCode, string Error)> TrainAsync(SweepCell cell, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Program[0], [.. Program[1..], .. Arguments(cell, folder), EndOfInput.Option.Name])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var error = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Hear(cell, line.Data, error);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await using var end = stop.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return (process.ExitCode, error.ToString());
    }

    // Errors are told at the end, all together; what else is heard is progress.
    private void Hear(SweepCell cell, string? line, StringBuilder error)
    {
        if (line?.StartsWith("error: ", StringComparison.Ordinal) == true)
        {
            error.Append(line["error: ".Length..]);
        }
        else if (!string.IsNullOrWhiteSpace(line) && !line.TrimStart().StartsWith("100 %", StringComparison.Ordinal))
        {
            Say($"    {cell.Folder}  {line}");
        }
    }

    private IEnumerable<string> Arguments(SweepCell cell, string sweep)
    {
        var assignments = cell.Setting.Assignments.SelectMany(a => (string[])["--set", a]);
        return ["train", preset, "--out", Path.Combine(sweep, cell.Folder), "--seed", cell.Seed.ToString(CultureInfo.InvariantCulture),
            .. assignments, "--resume"];
    }

    // A folder that is damaged or another run's is not finished: its process says what is wrong with it, and the others go on.
    private (bool IsFinished, string Told) Look(SweepCell cell)
    {
        try
        {
            return cell.Find(folder) switch
            {
                { Divergence: { } divergence } => (true, $"diverged at step {divergence.Step}"),
                { IsDone: true } run => (true, "done  " + string.Join("  ", run.Scores.Read().TakeLast(1).SelectMany(s => s.Values)
                    .Select(v => $"{v.Key} {v.Value:G4}"))),
                _ => (false, "FAILED"),
            };
        }
        catch (DataFileException)
        {
            return (false, "FAILED");
        }
    }

    private bool IsFresh(SweepCell cell)
    {
        try
        {
            return cell.Find(folder)?.Checkpoints.LastStep is null;
        }
        catch (DataFileException)
        {
            return false; // its own process will say what is wrong
        }
    }

    private void Say(string line)
    {
        lock (_console)
        {
            Console.Error.WriteLine(line);
        }
    }
}
