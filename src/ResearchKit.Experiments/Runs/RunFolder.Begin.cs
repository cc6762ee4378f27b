using System.Text.Json.Nodes;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Runs;

/// <content>What a training keeps in <c>run.json</c> when it begins, and compares when it goes on.</content>
public sealed partial class RunFolder
{
    /// <summary>What <c>run.json</c> calls the seeds that a run was trained with as one, its own among them.</summary>
    internal const string BatchedKey = "batchedSeeds";

    /// <summary>Whether the run was begun as one of a batch (<see cref="BatchedRun"/>), which keeps no checkpoints.</summary>
    internal bool IsBatched => ReadDocument()[BatchedKey] is not null;

    /// <summary>Keeps what a run's data are, or compares them with what they were when it began.</summary>
    /// <exception cref="DataFileException">They are others now.</exception>
    internal void Begin(DataSummary? data, DataSummary? other = null)
    {
        if (data is null)
        {
            return;
        }

        var document = ReadDocument();
        if (document["data"] is JsonObject then)
        {
            RunData.Require(Path, Options.Data.Data, then, data);
            if (other is not null && document["dataB"] is JsonObject thenOther)
            {
                RunData.Require(Path, Options.Data.DataB!, thenOther, other);
            }
        }
        else if (IsUntouched)
        {
            document["data"] = RunData.Of(data);
            if (other is not null)
            {
                document["dataB"] = RunData.Of(other);
            }

            ExperimentJson.Save(OptionsFile(Path), document);
        }
        else if (data.SizeRule is not null && data.Images < data.Count)
        {
            throw new DataFileException(Path, "this run was begun by an earlier version, which took other images of a folder for samples " +
                "and heldOut; begin it again in another folder.");
        }
    }

    /// <summary>Keeps how many processes train a run, or compares them with those that began it.</summary>
    /// <exception cref="DataFileException">They were others: a run of another number is another run.</exception>
    internal void Begin(int processes)
    {
        var document = ReadDocument();
        var then = (int?)document["processes"] ?? 1;
        if (then != processes && !IsUntouched)
        {
            throw new DataFileException(Path, $"this run is trained by {then} {(then == 1 ? "process" : "processes")}, and {processes} " +
                $"{(processes == 1 ? "was" : "were")} started: start {then}{(then == 1 ? "" : $" (mpirun -n {then})")}, or begin the run " +
                "again in another folder.");
        }

        if (then != processes)
        {
            document["processes"] = processes;
            ExperimentJson.Save(OptionsFile(Path), document);
        }
    }

    /// <summary>Keeps that it was trained for some time more.</summary>
    internal void AddTime(TimeSpan more)
    {
        var document = ReadDocument();
        document["seconds"] = Math.Round(((double?)document["seconds"] ?? 0) + more.TotalSeconds, 1);
        ExperimentJson.Save(OptionsFile(Path), document);
    }
}
