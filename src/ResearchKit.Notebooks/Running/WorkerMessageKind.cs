namespace ResearchKit.Notebooks.Running;

/// <summary>What a <see cref="WorkerMessage"/> says.</summary>
internal enum WorkerMessageKind
{
    /// <summary>To the worker: run this cell.</summary>
    Run,

    /// <summary>The cell wrote text.</summary>
    Stream,

    /// <summary>The cell showed a value.</summary>
    Display,

    /// <summary>The cell replaced what it showed.</summary>
    Update,

    /// <summary>The value of the cell's last expression.</summary>
    Result,

    /// <summary>Why the cell failed.</summary>
    Error,

    /// <summary>plotly.js, which the notebook's own chart library carries.</summary>
    PlotlyScript,

    /// <summary>The cell has ended.</summary>
    Done,
}
