using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ResearchKit.Support;

/// <summary>POSIX signals to programs that tests start.</summary>
internal static unsafe partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>Skips a test where there are no POSIX signals.</summary>
    public static void Require() => Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are POSIX's");

    /// <summary>Sends a signal to a process that must be there.</summary>
    public static void Send(Process process, int signal) =>
        Assert.True(SendTo(process.Id, signal) == 0, $"signal {signal} cannot be sent: the program has ended already");

    /// <summary>Waits until a process is gone.</summary>
    public static void AssertEnds(int process) =>
        Assert.True(SpinWait.SpinUntil(() => SendTo(process, 0) != 0, TimeSpan.FromMinutes(5)), $"the process {process} lives on");

    // A script's background job and nohup start this process with SIGINT ignored. Every program inherits that, and .NET keeps to it.
    // The tests that send the signal need the default: it is set before .NET looks, so that what the tests start has it too.
#pragma warning disable CA2255 // A test program may have a module initializer; only libraries should not.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void HeedInterrupt()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            var action = stackalloc nint[64]; // struct sigaction; the handler comes first on both
            if (SigAction(Interrupt, null, action) == 0 && action[0] == Ignored)
            {
                _ = Signal(Interrupt, Default);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendTo(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, nint* action, nint* before);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}
