using ResearchKit.Metrics.Sanity;

namespace ResearchKit.Cli;

internal static class SanityCommand
{
    public static Command Create()
    {
        var command = new Command("sanity", "Asks every metric questions with known answers and prints which it passes; minutes.");
        command.SetWork((_, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            Console.Write(SanityTable.Run(progress: TerminalProgress.Of("checks"), cancellation: cancellation));
            return 0;
        });
        return command;
    }
}
