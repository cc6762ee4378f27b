using System.ComponentModel;
using System.Diagnostics;
using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>Runs a program that the user has installed.</summary>
internal static class InstalledProgram
{
    /// <summary>Runs it to its end. Nothing is asked of it: it gets no input.</summary>
    /// <param name="name">Its name, which the system looks for, or its path.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="missing">What to say where it cannot be started, as a sentence that begins after the name.</param>
    /// <param name="folder">Where it runs; null for the current folder.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>How it ended and what it printed.</returns>
    /// <exception cref="DataFileException">It cannot be started.</exception>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string name, IEnumerable<string> arguments,
        string missing, string? folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = folder ?? "", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            try
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (Win32Exception e)
        {
            throw new DataFileException(name, missing, e);
        }
    }

    /// <summary>The first line of what a program said was wrong.</summary>
    /// <param name="error">What it wrote to its standard error.</param>
    /// <param name="isLeftOut">Lines that say nothing; null for none.</param>
    public static string Complaint(string error, Func<string, bool>? isLeftOut = null) =>
        error.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(l => l.Length > 0 && isLeftOut?.Invoke(l) != true)
            ?? "it does not say why";
}
