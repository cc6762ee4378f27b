using System.ComponentModel;
using System.Diagnostics;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Cli;

/// <summary>The options of <c>sweep</c> for a cluster, and what they do.</summary>
internal sealed class SweepSlurm
{
    /// <summary>Asks for Slurm.</summary>
    public Option<bool> Flag { get; } = CommandLine.Flag("--slurm", "Submits the runs that are left to Slurm, as a job array: writes " +
        "runs.txt (one command a line) and slurm.sh into the sweep's folder. --jobs is how many run at a time, all when left out.");

    private readonly Option<bool> _dry = CommandLine.Flag("--dry-run", "With --slurm: only prints the script and the list.");
    private readonly Option<string?> _partition = Value<string?>("--partition", "With --slurm: the partition.");
    private readonly Option<string?> _time = Value<string?>("--time", "With --slurm: the time limit of a run, as 4:00:00. A run that " +
        "takes longer goes back into the queue and goes on from its checkpoint.");

    private readonly Option<string?> _memory = Value<string?>("--mem", "With --slurm: the memory of a run, as 8G.");
    private readonly Option<string?> _gpus = Value<string?>("--gpus", "With --slurm: the GPUs of a run, as 1; --set device=cuda uses it.");
    private readonly Option<int?> _cpus = Value<int?>("--cpus", "With --slurm: the processors of a run; --set threads=N uses them.")
        .AtLeast(1);

    private readonly Option<string[]> _further = Repeated("--sbatch", "With --slurm: any other option of sbatch, as " +
        "--sbatch=--account=NAME; may come several times.");

    private Option[] OnlyWithSlurm => [_dry, _partition, _time, _memory, _gpus, _cpus, _further];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Flag, .. OnlyWithSlurm])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether the line asks for Slurm.</summary>
    /// <exception cref="UsageException">It does not, and has options that only Slurm has.</exception>
    public bool IsAsked(ParseResult parsed)
    {
        var asked = parsed.GetValue(Flag);
        return asked || OnlyWithSlurm.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is not { } option ? asked
            : throw new UsageException($"{option.Name} is for --slurm: say --slurm, or leave it out" +
                $"{(option == _dry ? "; --list prints the runs that are left" : "")}.");
    }

    /// <summary>Writes and submits the array, or prints it.</summary>
    /// <returns>The exit code.</returns>
    public int Submit(ParseResult parsed, SweepPlan plan, SweepRunner runner, string folder, int? atOnce)
    {
        var left = runner.Left().ToHashSet();
        if (left.Count == 0)
        {
            Console.Error.WriteLine($"all {plan.Cells.Count} runs are done; --collect makes their table.");
            return 0;
        }

        var request = new SlurmRequest
        {
            Partition = parsed.GetValue(_partition), Time = parsed.GetValue(_time), Memory = parsed.GetValue(_memory),
            Gpus = parsed.GetValue(_gpus), Cpus = parsed.GetValue(_cpus), AtOnce = atOnce, Further = parsed.GetValue(_further)!,
        };
        var array = Typed(() => new SlurmArray(plan.Preset.Name, folder, plan.Cells.Select(runner.CommandOf),
            plan.Cells.Index().Where(c => left.Contains(c.Item)).Select(c => c.Index + 1), request, ExitCode.Held));
        if (parsed.GetValue(_dry))
        {
            Console.Write($"# {array.ScriptFile}\n{array.Script}\n# {array.ListFile}\n{array.List}");
            return 0;
        }

        if (array.Save())
        {
            Console.Error.WriteLine($"{array.ListFile} was another sweep's: tasks of its array that wait will end with an error.");
        }

        Console.Error.WriteLine($"{array.ScriptFile} written: {left.Count} of {plan.Cells.Count} runs");
        return Submit(array.ScriptFile);
    }

    private static int Submit(string script)
    {
        try
        {
            var start = new ProcessStartInfo("sbatch", [script]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var sbatch = Process.Start(start)!;
            var error = sbatch.StandardError.ReadToEndAsync();
            Console.Write(sbatch.StandardOutput.ReadToEnd());
            sbatch.WaitForExit();
            return sbatch.ExitCode == 0 ? 0 : throw new DataFileException(script, "sbatch does not take it (" +
                string.Join("; ", error.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) +
                "); change the options, or ask those who run the cluster.");
        }
        catch (Win32Exception e)
        {
            throw new DataFileException(script, "it is written, but there is no sbatch on the PATH; submit it on a machine of the " +
                "cluster that has Slurm.", e);
        }
    }
}
