using System.Security.Cryptography;
using System.Text;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>What a job array asks Slurm for; null for the cluster's own.</summary>
public sealed record SlurmRequest
{
    /// <summary>The partition.</summary>
    public string? Partition { get; init; }

    /// <summary>The time limit of a run, as <c>4:00:00</c>. A run that takes longer goes on in the queue, from its checkpoint.</summary>
    public string? Time { get; init; }

    /// <summary>Memory of a run, as <c>8G</c>.</summary>
    public string? Memory { get; init; }

    /// <summary>GPUs of a run, as <c>1</c> or <c>a100:1</c>.</summary>
    public string? Gpus { get; init; }

    /// <summary>Processors of a run.</summary>
    public int? Cpus { get; init; }

    /// <summary>Tasks that run at a time.</summary>
    public int? AtOnce { get; init; }

    /// <summary>Further options of sbatch, as <c>--account=NAME</c>.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>The options that sbatch takes.</summary>
    /// <exception cref="ArgumentException">A value is empty or of several words, or a further option is none; says which.</exception>
    internal IEnumerable<string> Lines()
    {
        foreach (var (name, value) in ((string, string?)[])[("partition", Partition), ("time", Time), ("mem", Memory), ("gpus", Gpus)])
        {
            if (value is not null)
            {
                yield return value.Length > 0 && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? $"--{name}={value}"
                    : throw new ArgumentException($"--{name} must be one word, as sbatch takes it, not '{value}'.");
            }
        }

        if (Cpus is { } cpus)
        {
            yield return Invariant($"--cpus-per-task={cpus}");
        }

        foreach (var option in Further)
        {
            yield return option.StartsWith('-') && !option.Any(char.IsControl) ? option
                : throw new ArgumentException($"--sbatch takes an option of sbatch, as --sbatch=--account=NAME, not '{option}'.");
        }
    }
}

/// <summary>A sweep as a job array of Slurm: task N is the run in line N of a list that holds every run of the plan, those that are done
/// too, so that a number stands for the same run whenever the array is submitted.</summary>
/// <remarks>Options of sbatch: https://slurm.schedmd.com/sbatch.html.</remarks>
public sealed class SlurmArray
{
    /// <summary>The seconds before the time limit at which a run is told to write its checkpoint and to end.</summary>
    internal const int Ahead = 120;

    private const string ListName = "runs.txt";
    private const string OutputName = "slurm-%A_%a.out";
    private const int MostRestarts = 100;

    private readonly string _folder;

    /// <summary>Describes an array; nothing is written.</summary>
    /// <param name="name">What the job is called.</param>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="commands">The command of every run of the plan, one line each, for a POSIX shell in the current folder.</param>
    /// <param name="tasks">The lines to run, from 1, at least one.</param>
    /// <param name="request">What Slurm is asked for.</param>
    /// <param name="held">The exit code by which a command says that another process trains its run.</param>
    /// <exception cref="ArgumentException">A value is none that sbatch could take; says which.</exception>
    public SlurmArray(string name, string folder, IEnumerable<string> commands, IEnumerable<int> tasks, SlurmRequest request, int held)
    {
        _folder = Path.GetFullPath(folder);
        List = string.Concat(commands.Select(c => c + "\n"));
        var numbers = Ranges([.. tasks.Order()]);
        string[] options =
        [
            $"--job-name={Directive(name)}",
            $"--array={numbers}{(request.AtOnce is { } most ? Invariant($"%{most}") : "")}",
            $"--output={Directive(Path.Combine(_folder.Replace("%", "%%", StringComparison.Ordinal), OutputName))}", "--open-mode=append",
            $"--chdir={Directive(Environment.CurrentDirectory)}", "--requeue", $"--signal=B:USR1@{Ahead}", .. request.Lines(),
        ];
        Script = Text(options, ListFile, Hash(List), held);
    }

    /// <summary>The list of commands.</summary>
    public string List { get; }

    /// <summary>The script for sbatch.</summary>
    public string Script { get; }

    /// <summary>Where the list lies: <c>runs.txt</c> in the sweep's folder.</summary>
    public string ListFile => Path.Combine(_folder, ListName);

    /// <summary>Where the script lies: <c>slurm.sh</c> in the sweep's folder.</summary>
    public string ScriptFile => Path.Combine(_folder, "slurm.sh");

    /// <summary>Writes list and script.</summary>
    /// <returns>Whether the list of an earlier array was another: its tasks that wait will end with an error.</returns>
    /// <exception cref="DataFileException">A file cannot be written.</exception>
    public bool Save()
    {
        var isOther = File.Exists(ListFile) && File.ReadAllText(ListFile) != List;
        SweepSummary.Write(_folder, ListName, List);
        SweepSummary.Write(_folder, Path.GetFileName(ScriptFile), Script);
        return isOther;
    }

    /// <summary>The error that ends the newest output of a task, and when it was written; null where there is no output, or it ends with
    /// something else.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="task">The task, from 1.</param>
    public static (string Error, DateTime At)? ErrorOf(string folder, int task)
    {
        const string Mark = "error: ";
        try
        {
            var newest = Directory.Exists(folder)
                ? new DirectoryInfo(folder).GetFiles(Invariant($"slurm-*_{task}.out")).MaxBy(f => f.LastWriteTimeUtc) : null;
            return newest is not null && File.ReadLines(newest.FullName).LastOrDefault(l => l.Trim().Length > 0) is { } last
                && last.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at && !IsCancelled(last)
                ? ($"{last[(at + Mark.Length)..].Trim()} ({newest.Name})", newest.LastWriteTimeUtc)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // another user's; the run's folder says what it can
        }
    }

    // Slurm's own last word on a task that was cancelled or queued again, which is no failure of the run, unless its time was over.
    private static bool IsCancelled(string line) => line.Contains(" CANCELLED AT ", StringComparison.Ordinal)
        && !line.Contains("TIME LIMIT", StringComparison.Ordinal);

    /// <summary>An argument as a POSIX shell takes it.</summary>
    public static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    // The signal goes to the shell alone (B:), which asks the run to end: USR1 tells the time limit from scancel, after which a run must
    // not come back. The task's own number is asked for again: the job's number is, for one task of the array, that of all of them.
    private static string Text(string[] options, string list, string hash, int held) => $$"""
        #!/bin/bash
        # Written by `researchkit sweep --slurm`. Task N trains the run in line N of runs.txt. A run that is done, or that another process
        # trains, ends at once; one that was begun goes on from its checkpoint.
        {{string.Join('\n', options.Select(o => $"#SBATCH {o}"))}}

        list={{Quoted(list)}}
        if [ "$(sha256sum < "$list" | cut -c 1-64)" != {{hash}} ]; then
            echo "error: $list is not as it was when this array was submitted; submit the sweep again." >&2
            exit 1
        fi

        eval "exec $(sed -n "${SLURM_ARRAY_TASK_ID}p" "$list")" &
        run=$!

        # Either signal makes the run write a checkpoint and end. USR1 comes {{Ahead}} seconds before the time limit, and the task is queued
        # again.
        requeue=no heard=yes
        trap 'heard=yes; kill -TERM $run' TERM
        trap 'heard=yes; requeue=yes; kill -TERM $run' USR1
        while [ $heard = yes ]; do
            heard=no
            wait $run
            code=$?
        done

        case $code in
            0 | 1 | 2) ;; # the run has said how it ended
            {{held}}) echo "left to the process that trains it"; code=0 ;;
            130 | 143)
                if [ $requeue = yes ] && [ "${SLURM_RESTART_COUNT:-0}" -lt {{MostRestarts}} ]; then
                    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
                    code=$?
                elif [ $requeue = yes ]; then
                    echo "error: queued again {{MostRestarts}} times; give a longer time limit, and submit the sweep again." >&2
                fi ;;
            *) echo "error: the run ended with exit code $code; what it said stands above." >&2 ;;
        esac
        exit $code

        """.ReplaceLineEndings("\n");

    private static string Hash(string list) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list)));

    // In a line of #SBATCH, whose quotes are those of sbatch.
    private static string Directive(string value) => Quoted(value) == value ? value
        : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // 1-3,5
    private static string Ranges(IReadOnlyList<int> numbers)
    {
        if (numbers.Count == 0)
        {
            throw new ArgumentException("An array needs at least one task.", nameof(numbers));
        }

        return string.Join(',', numbers.Index().GroupBy(n => n.Item - n.Index).Select(g => g.Select(n => n.Item).ToList())
            .Select(g => g.Count == 1 ? Invariant($"{g[0]}") : Invariant($"{g[0]}-{g[^1]}")));
    }
}
