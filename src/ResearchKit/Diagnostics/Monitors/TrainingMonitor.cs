using System.Globalization;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What a monitor says of a training.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Step">The step after which it was judged.</param>
/// <param name="Since">The first step from which it has held without a break.</param>
/// <param name="Headline">What was found, as the beginning of a sentence; empty where too little was seen.</param>
/// <param name="Evidence">What was seen, with its numbers.</param>
/// <param name="Advice">What to try; empty where there is nothing to mend.</param>
public abstract record MonitorVerdict<TKind>(TKind Kind, long Step, long Since, string Headline, string Evidence, string Advice)
    where TKind : struct, Enum
{
    /// <summary>One or two sentences, the same on every run with the same numbers.</summary>
    public sealed override string ToString() =>
        Headline.Length == 0 ? Evidence : $"{Headline}: {Evidence}{(Advice.Length == 0 ? "" : $"; try {Advice}")}.";
}

/// <summary>Sees the reports of one training, in their order, and says how it stands.</summary>
public interface ITrainingMonitor
{
    /// <summary>How the training stands, in one or two sentences.</summary>
    string Says { get; }

    /// <summary>Takes a step's report. Not every step need come.</summary>
    /// <param name="step">The report; its step is above that of the one before, and the networks are as that step left them.</param>
    /// <exception cref="ArgumentException">The step is not later than the one before.</exception>
    void Observe(StepReport step);

    /// <summary>Takes the end of a training whose numbers were no longer finite.</summary>
    /// <param name="diverged">What the training threw.</param>
    void Observe(TrainingDivergedException diverged);
}

/// <summary>What monitors share: the verdict and where it changed, and a history of bounded size. The rules of each monitor turn rows of
/// numbers into verdicts.</summary>
/// <typeparam name="TKind">What can be found.</typeparam>
/// <typeparam name="TVerdict">The verdict.</typeparam>
/// <typeparam name="TRow">The numbers that the verdicts rest on.</typeparam>
public abstract class TrainingMonitor<TKind, TVerdict, TRow> : ITrainingMonitor
    where TKind : struct, Enum
    where TVerdict : MonitorVerdict<TKind>
{
    private readonly ThinnedHistory<TRow> _history = new(512);
    private readonly RecentList<TVerdict> _changes = new(100);
    private long _lastStep;

    private protected TrainingMonitor(TVerdict first) => Verdict = first;

    /// <summary>How the training stands.</summary>
    public TVerdict Verdict { get; private set; }

    /// <inheritdoc/>
    public string Says => Verdict.ToString();

    /// <summary>The verdicts where they changed, in order; the last hundred at most.</summary>
    public IReadOnlyList<TVerdict> Changes => _changes.Items;

    /// <summary>The numbers along the training, at most 512 rows: of a long one every second, fourth, ...</summary>
    public IReadOnlyList<TRow> History => _history.Items;

    /// <inheritdoc/>
    public abstract void Observe(StepReport step);

    /// <inheritdoc/>
    public virtual void Observe(TrainingDivergedException diverged)
    {
    }

    /// <summary>Notes that a step came.</summary>
    /// <returns>The step of the report before; 0 for the first.</returns>
    private protected long Next(StepReport step)
    {
        var before = _lastStep;
        _lastStep = step.Step > before
            ? step.Step
            : throw new ArgumentException($"Step {step.Step} came after step {before}: a monitor watches one training in its order; make " +
                $"another for another.", nameof(step));
        return before;
    }

    private protected void Tell(TRow row, TVerdict verdict)
    {
        _history.Add(row);
        Tell(verdict);
    }

    private protected void Tell(TVerdict verdict)
    {
        if (!verdict.Kind.Equals(Verdict.Kind))
        {
            _changes.Add(verdict);
        }

        Verdict = verdict;
    }
}

/// <summary>Shows a training to a monitor.</summary>
public static class MonitorWatch
{
    /// <summary>Passes the reports on and shows each to a monitor first; a training that breaks off with NaN is told to it, and still
    /// throws.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="monitor">The monitor; its verdict stands when a report comes out.</param>
    /// <returns>The same reports.</returns>
    public static IEnumerable<StepReport> Watch(this IEnumerable<StepReport> steps, ITrainingMonitor monitor) =>
        steps.Watch(monitor.Observe, monitor.Observe);

    /// <summary>The same with actions in a monitor's place.</summary>
    internal static IEnumerable<StepReport> Watch(this IEnumerable<StepReport> steps, Action<StepReport> see,
        Action<TrainingDivergedException> seeEnd)
    {
        using var source = steps.GetEnumerator();
        while (Next())
        {
            see(source.Current);
            yield return source.Current;
        }

        bool Next()
        {
            try
            {
                return source.MoveNext();
            }
            catch (TrainingDivergedException diverged)
            {
                seeEnd(diverged);
                throw;
            }
        }
    }
}

/// <summary>How numbers stand in verdicts.</summary>
internal static class MonitorWords
{
    public static string Number(long step) => step.ToString("N0", CultureInfo.InvariantCulture);

    public static string Share(double share, string format = "0.#") =>
        double.IsNaN(share) ? "an unknown share" : (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";
}

/// <summary>A list of the last items only.</summary>
/// <param name="most">How many, at least 1.</param>
internal sealed class RecentList<T>(int most)
{
    private readonly List<T> _items = [];

    /// <summary>The last items, in order.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Takes the next item; the oldest goes when there are too many.</summary>
    public void Add(T item)
    {
        _items.Add(item);
        if (_items.Count > most)
        {
            _items.RemoveAt(0);
        }
    }
}

/// <summary>A list that never grows beyond a limit: when it is full every second item is dropped, and from then on only every second,
/// fourth, ... new one is kept. The items stay evenly spaced over all that were added.</summary>
/// <param name="most">The limit, at least 2.</param>
internal sealed class ThinnedHistory<T>(int most)
{
    private readonly List<T> _items = [];
    private long _added;
    private int _thinning = 1;

    /// <summary>What is kept, in order; fewer than the limit.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Takes the next item, and keeps it where its turn is.</summary>
    public void Add(T item)
    {
        if (_added++ % _thinning != 0)
        {
            return;
        }

        _items.Add(item);
        if (_items.Count == most)
        {
            _thinning *= 2;
            T[] kept = [.. _items.Where((_, i) => i % 2 == 0)];
            _items.Clear();
            _items.AddRange(kept);
        }
    }
}
