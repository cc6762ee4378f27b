using System.IO.Pipes;
using System.Threading.Channels;

namespace ResearchKit.Notebooks.Running;

/// <summary>The process that runs the cells: takes them from a pipe, and sends back what they give.</summary>
/// <remarks>A library that cells load can watch them: it sets <c>ResearchKit.Notebooks.Watch</c> of <see cref="AppContext"/> to a
/// function that is called before each cell and gives one that is called each second and at the cell's end, with what to tell the
/// reader, or null.</remarks>
internal static class WorkerLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs cells until the pipe closes.</summary>
    public static async Task<int> RunAsync(string pipeName)
    {
        // The runner ends this process itself; a Ctrl-C in the terminal reaches both.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        AppContext.SetData("ResearchKit.Notebooks.PlotlyJson", true);
        using var pipe = new NamedPipeClientStream(".", pipeName, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(10_000);
        using var output = new WorkerOutput(pipe);
        Console.SetOut(output.WriterFor("stdout"));
        Console.SetError(output.WriterFor("stderr"));
        using var engine = new CellEngine(Directory.GetCurrentDirectory());
        var cells = Channel.CreateUnbounded<WorkerMessage>();
        _ = ReadCellsAsync(pipe, cells.Writer);
        await foreach (var cell in cells.Reader.ReadAllAsync())
        {
            var watch = (AppContext.GetData("ResearchKit.Notebooks.Watch") as Func<Func<string?>>)?.Invoke();
            using (new Timer(_ => Look(), null, Interval, Interval))
            {
                await engine.RunAsync(cell.Text!, cell.Name!, output);
            }

            Look();
            output.Send(new WorkerMessage(WorkerMessageKind.Done));

            void Look()
            {
                if (watch?.Invoke() is { } notice)
                {
                    output.Stream("stderr", notice);
                }
            }
        }

        return 0;
    }

    // When the runner has ended, this process must end too, even in the middle of a cell.
    private static async Task ReadCellsAsync(Stream pipe, ChannelWriter<WorkerMessage> cells)
    {
        using var reader = new StreamReader(pipe);
        while (await reader.ReadLineAsync() is { } line)
        {
            await cells.WriteAsync(WorkerMessage.FromLine(line));
        }

        Environment.Exit(0);
    }
}
