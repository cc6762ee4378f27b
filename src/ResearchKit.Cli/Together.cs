using ResearchKit.Experiments.Runs;
using ResearchKit.Training;

namespace ResearchKit.Cli;

/// <summary>A training by the processes that mpirun or srun has started: the first does the command's work, the others follow.</summary>
internal static class Together
{
    /// <summary>Does the work; where a process fails, all end.</summary>
    /// <param name="first">The work of the first process, or of the only one, which has no group.</param>
    /// <param name="cancellation">Ends it.</param>
    public static int Run(Func<MpiGroup?, int> first, CancellationToken cancellation)
    {
        using var group = MpiGroup.Join();
        if (group is null)
        {
            return first(null);
        }

        if (!group.Watch(Ended) && group.Rank == 0)
        {
            Console.Error.WriteLine("The processes cannot reach each other by TCP: should one be killed, it is left to what started them " +
                "to end the others.");
        }

        try
        {
            return group.Rank == 0 ? first(group) : Follow(group, cancellation);
        }
        catch (Exception e) when (e is not TrainingDivergedException) // that comes in all of them
        {
            Console.Error.WriteLine($"error: process {group.Rank} of 0 to {group.Count - 1}, on {Environment.MachineName}: {Sentence(e)}");
            group.Abort(e is UsageException ? ExitCode.Usage : e is RunHeldException ? ExitCode.Held : ExitCode.Failed);
            throw;
        }
    }

    private static void Ended(int rank)
    {
        Console.Error.WriteLine($"error: process {rank} has ended without a word (killed, or out of memory), so this one on " +
            $"{Environment.MachineName} ends too; the last checkpoint is whole, and --resume goes on.");
        Environment.Exit(ExitCode.Failed);
    }

    private static int Follow(MpiGroup group, CancellationToken cancellation)
    {
        var steps = 0L;
        try
        {
            foreach (var _ in SharedRun.Follow(group, cancellation))
            {
                steps++;
            }

            return 0;
        }
        catch (TrainingDivergedException)
        {
            return ExitCode.Failed; // the first one says it
        }
        catch (OperationCanceledException)
        {
            if (steps == 0)
            {
                group.Abort(ExitCode.Interrupted); // the others may wait for this one
            }

            return ExitCode.Interrupted;
        }
    }
}
