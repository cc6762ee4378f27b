using System.CommandLine;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>notebook kernelspec</c>: tells Jupyter how to start .NET Interactive so that its interrupt button stops a
/// training.</summary>
/// <remarks>.NET Interactive ends at Jupyter's signal, and hands an interrupt message to no cell. So a script starts it, keeps the signal
/// from it, and writes to a pipe at each one; <c>Kit.Start()</c> in the kernel reads the pipe and cancels the cell.</remarks>
internal static class KernelspecCommand
{
    private const string Tool = "dotnet-interactive";
    private const string Name = ".net-csharp"; // what the notebooks ask for, and what `dotnet interactive jupyter install` takes

    public static Command Create()
    {
        var command = new Command("kernelspec",
            "Installs the kernel \".NET (C#)\" for this user's Jupyter, in which the interrupt button stops a training.");
        command.SetAction(_ =>
        {
            var tool = FindTool();
            var folder = Path.Combine(JupyterData(), "kernels", Name);
            Directory.CreateDirectory(folder);
            var starts = OperatingSystem.IsWindows() ? [tool, "jupyter", "--default-kernel", "csharp", "{connection_file}"]
                : (string[])["sh", "{resource_dir}/kernel.sh", "{connection_file}", tool];
            TextFiles.Write(Path.Combine(folder, "kernel.sh"), TextFiles.ReadEmbedded("kernel.sh"));
            TextFiles.Write(Path.Combine(folder, "kernel.json"), new JsonObject
            {
                ["argv"] = new JsonArray([.. starts.Select(s => (JsonNode)s)]),
                ["display_name"] = ".NET (C#)",
                ["language"] = "C#",
                ["interrupt_mode"] = OperatingSystem.IsWindows() ? "message" : "signal",
            }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
            Console.WriteLine($"The kernel \".NET (C#)\" is in {folder} and starts {tool}");
            return 0;
        });
        return command;
    }

    private static string FindTool()
    {
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
        var file = Tool + (OperatingSystem.IsWindows() ? ".exe" : "");
        return $"{Environment.GetEnvironmentVariable("PATH")}".Split(Path.PathSeparator).Append(own).Where(f => f.Length > 0)
            .Select(folder => Path.GetFullPath(Path.Combine(folder, file))).FirstOrDefault(File.Exists)
            ?? throw new NotebookFileException($"{Tool} is neither on the PATH nor in {own}. Install it: "
                + "dotnet tool install -g Microsoft.dotnet-interactive --prerelease");
    }

    // Where Jupyter looks for what belongs to one user.
    private static string JupyterData()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } named ? Path.GetFullPath(named)
            : OperatingSystem.IsWindows()
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter")
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
            : Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data
                : Path.Combine(home, ".local", "share"), "jupyter");
    }
}
