using System.Diagnostics;

namespace ResearchKit.Support;

/// <summary>One run of a program: what it printed and how it ended.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    // A program that hangs is a failed test and not a hanging one. Far beyond what any of them takes on a loaded machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Runs the built command line to its end.</summary>
    public static ProgramRun ResearchKit(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        ResearchKit(folder, environment, _ => { }, arguments);

    /// <summary>The folder of the built command line.</summary>
    public static string Binaries
    {
        get
        {
            var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "ResearchKit.Cli", configuration));
        }
    }

    /// <summary>Runs the built command line and does something to it meanwhile.</summary>
    public static ProgramRun ResearchKit(
        string folder, IReadOnlyDictionary<string, string>? environment, Action<Process> meanwhile, params string[] arguments) =>
        ResearchKit(Binaries, folder, environment, meanwhile, arguments);

    /// <summary>Runs a copy of the command line and does something to it meanwhile.</summary>
    public static ProgramRun ResearchKit(
        string binaries, string folder, IReadOnlyDictionary<string, string>? environment, Action<Process> meanwhile, string[] arguments) =>
        Run([], binaries, folder, environment, meanwhile, arguments);

    /// <summary>Runs the built command line through another program, such as a shell that sets a limit and then becomes it.</summary>
    public static ProgramRun Through(string[] program, string folder, Action<Process> meanwhile, string[] arguments) =>
        Run(program, Binaries, folder, null, meanwhile, arguments);

    /// <summary>Runs <c>dotnet</c>, as for a program made by a test.</summary>
    public static ProgramRun Dotnet(string folder, params string[] arguments) =>
        Run([DotnetHost.FullPath, .. arguments], folder, null, _ => { });

    /// <summary>Gives a program what all that tests start have: a thread, since other rows of tests want the other cores, and little work
    /// of the just-in-time compiler.</summary>
    /// <param name="start">How the program will be started; what it starts itself has the same.</param>
    public static void MakeFrugal(ProcessStartInfo start)
    {
        start.Environment["OMP_NUM_THREADS"] = "1";

        // A method is compiled a second time, to be faster, after 0x400 calls instead of 30: a program of some seconds seldom earns that
        // back. A lesson in its fast form takes a quarter less of a processor.
        start.Environment["DOTNET_TC_CallCountThreshold"] = "400";
    }

    private static ProgramRun Run(
        string[] through,
        string binaries,
        string folder,
        IReadOnlyDictionary<string, string>? environment,
        Action<Process> meanwhile,
        string[] arguments) =>
        Run([.. through, DotnetHost.FullPath, Path.Combine(binaries, "ResearchKit.Cli.dll"), .. arguments], folder, environment, meanwhile);

    private static ProgramRun Run(
        string[] line, string folder, IReadOnlyDictionary<string, string>? environment, Action<Process> meanwhile)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        MakeFrugal(start);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            meanwhile(process);
            if (!process.WaitForExit(Limit))
            {
                throw new TimeoutException($"After {Limit.TotalMinutes} minutes this program has not ended: {string.Join(' ', line)}");
            }

            return new ProgramRun(process.ExitCode, output.Result, error.Result);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
