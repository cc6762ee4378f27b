using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using ResearchKit.Runtime;

namespace ResearchKit.Interactive;

/// <summary>What the kit does in .NET Interactive's kernel alone. Only where <see cref="Hosts"/> says so may anything else be called: its
/// library is the kernel's own and is nowhere else.</summary>
internal static class InteractiveKernel
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static int s_plotlyCopies = 1;

    /// <summary>True in a process of .NET Interactive.</summary>
    public static bool Hosts => AppDomain.CurrentDomain.GetAssemblies().Any(a => a.GetName().Name == "Microsoft.DotNet.Interactive");

    /// <summary>Stop ends a training, errors name their line, warnings about versions are not shown, and a cell whose tensors pile up is
    /// told.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Join()
    {
        HostCancellation.Source = () => KernelInvocationContext.Current?.CancellationToken ?? CancellationToken.None;
        if (KernelInvocationContext.Current?.HandlingKernel is { } kernel)
        {
            SetCompiler(kernel);
            kernel.AddMiddleware(WatchAsync, "ResearchKit");
            if (Environment.GetEnvironmentVariable("RESEARCHKIT_INTERRUPT") is { Length: > 0 } pipe)
            {
                new Thread(() => CancelAtEachInterrupt(pipe, kernel)) { IsBackground = true }.Start();
            }
        }
    }

    // The script that starts the kernel for Jupyter (`researchkit notebook kernelspec`) writes a byte at each interrupt. Opening the pipe
    // waits for that.
    private static void CancelAtEachInterrupt(string pipe, Kernel kernel)
    {
        try
        {
            while (true)
            {
                using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                if (stream.ReadByte() >= 0)
                {
                    _ = kernel.RootKernel.SendAsync(new Cancel());
                }
            }
        }
        catch (IOException)
        {
            // The script has ended and taken its pipe along.
        }
    }

    // The kernel is archived, so its private field will stay; where it is missing, the kernel's own settings hold.
    private static void SetCompiler(Kernel kernel)
    {
        var field = kernel.GetType().GetField("_scriptOptions", BindingFlags.Instance | BindingFlags.NonPublic);
        if (field?.GetValue(kernel) is not { } options)
        {
            return;
        }

        Set("WithWarningLevel", 1);
        Set("WithEmitDebugInformation", true);
        Set("WithFilePath", "cell");
        Set("WithFileEncoding", Encoding.UTF8);

        field.SetValue(kernel, options);

        void Set<T>(string name, T value) => options = options.GetType().GetMethod(name, [typeof(T)])?.Invoke(options, [value]) ?? options;
    }

    // `#r "nuget: Plotly.NET.Interactive"` after the kit brings another Plotly.NET, and formatters that need the network. The kit's, made
    // later, win again.
    private static void AdoptCharts()
    {
        List<Assembly> plotly = [.. AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => a.GetName().Name is "Plotly.NET" or "Plotly.NET.Interactive")];
        if (plotly.Count != s_plotlyCopies)
        {
            s_plotlyCopies = plotly.Count;
            plotly.ConvertAll(a => a.GetType(typeof(GenericChart).FullName!)).OfType<Type>().ToList().ForEach(KitFormatters.RegisterCharts);
        }
    }

    private static async Task WatchAsync(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next)
    {
        if (command is not SubmitCode)
        {
            await next(command, context);
            return;
        }

        var tensors = new LiveTensors();
        using var watch = new Timer(_ => Tell(), null, Look, Look);
        AdoptCharts();
        await next(command, context);
        Tell();

        void Tell()
        {
            if (tensors.Notice() is { } notice)
            {
                context.Publish(new StandardErrorValueProduced(command, [new FormattedValue("text/plain", notice)]));
            }
        }
    }
}
