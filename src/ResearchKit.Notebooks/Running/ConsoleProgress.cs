namespace ResearchKit.Notebooks.Running;

/// <summary>Shows a run in the terminal: a line a cell with its time, what the cell writes, and a clock on a live terminal.</summary>
internal sealed class ConsoleProgress : IDisposable
{
    private readonly bool _live = !Console.IsOutputRedirected;
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly Stopwatch _watch = new();
    private string _label = "";
    private bool _lineOpen;

    public ConsoleProgress() => _timer = new Timer(_ => ShowClock(), null, 1000, 1000);

    public void Started(NotebookCell cell, int number, int count)
    {
        lock (_gate)
        {
            _label = $"[{number,2}/{count}] {cell.Id}";
            _watch.Restart();
            ShowClock();
        }
    }

    public void Wrote(string text)
    {
        lock (_gate)
        {
            ClearClock();
            foreach (var line in text.TrimEnd('\n').Split('\n'))
            {
                Console.WriteLine($"        {line}");
            }

            ShowClock();
        }
    }

    public void Ended(NotebookCell cell, CellError? error)
    {
        lock (_gate)
        {
            ClearClock();
            var mark = error is null ? "" : cell.HasTag(NotebookCell.Raises) ? "  raised, as expected" : "  FAILED";
            Console.WriteLine($"{_label,-40} {_watch.Elapsed.TotalSeconds,7:0.0} s{mark}");
            _watch.Reset();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            ClearClock();
        }
    }

    private void ShowClock()
    {
        lock (_gate)
        {
            if (_live && _watch.IsRunning)
            {
                Console.Write($"\r{_label,-40} {_watch.Elapsed.TotalSeconds,5:0} s ...");
                _lineOpen = true;
            }
        }
    }

    private void ClearClock()
    {
        if (_lineOpen)
        {
            Console.Write("\r" + new string(' ', 60) + "\r");
            _lineOpen = false;
        }
    }
}
