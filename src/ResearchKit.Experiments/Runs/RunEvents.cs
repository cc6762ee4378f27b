using ResearchKit.Files;
using ResearchKit.Runtime;
using Tensorboard;
using TorchSharp.Modules;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run's numbers and sheets as TensorBoard events: <c>tensorboard --logdir RUN</c> shows them, also while the run goes
/// on.</summary>
/// <remarks>TorchSharp's writer. It puts the time into every event and the machine's name into the files' names, so no two runs have the
/// same bytes here.</remarks>
public sealed class RunEvents
{
    private readonly string _folder;
    private SummaryWriter? _writer;

    internal RunEvents(string folder) => _folder = folder;

    /// <summary>Adds a step's numbers, each as a scalar (float32, as TensorBoard has it).</summary>
    /// <param name="step">The training step.</param>
    /// <param name="numbers">Names, which become tags, and values.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(long step, IEnumerable<(string Name, double Value)> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Write(writer =>
        {
            foreach (var (name, value) in numbers)
            {
                writer.add_scalar(name, (float)value, checked((int)step));
            }
        });
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="step">The training step.</param>
    /// <param name="name">Its name, which becomes the tag.</param>
    /// <param name="file">A PNG or JPEG file.</param>
    /// <exception cref="DataFileException">The events cannot be written.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library is not there.</exception>
    public void AddPicture(long step, string name, string file)
    {
        SkiaLibrary.EnsureLoaded();
        Write(writer => writer.add_img(name, file, checked((int)step)));
    }

    /// <summary>Takes events after a step away, and a last one that was torn: what a resumed run will write again. What stays keeps its
    /// time.</summary>
    /// <param name="step">The step that the run stands after.</param>
    /// <exception cref="DataFileException">A file cannot be read or written.</exception>
    public void CutAfter(long step)
    {
        _writer = null;
        foreach (var file in Directory.Exists(_folder) ? Directory.GetFiles(_folder, "events.out.tfevents.*") : [])
        {
            var kept = EventRecords.Read(file).Where(r => r.Event.Step <= step).ToList();
            if (kept.All(r => r.Event.WhatCase == Event.WhatOneofCase.FileVersion))
            {
                File.Delete(file);
            }
            else if (kept.Sum(r => (long)r.Record.Length) != new FileInfo(file).Length)
            {
                TensorFile.Write(file, stream => kept.ForEach(r => stream.Write(r.Record)));
            }
        }
    }

    private void Write(Action<SummaryWriter> write)
    {
        try
        {
            write(_writer ??= utils.tensorboard.SummaryWriter(_folder));
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(_folder,
                $"the events cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }
}
