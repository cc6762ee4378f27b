namespace ResearchKit.Support;

/// <summary>A shell script in the place of a program that the kit starts.</summary>
internal static class StandIn
{
    /// <summary>Writes it; skips the test where there is no shell.</summary>
    /// <param name="path">The program's path; missing folders are made.</param>
    /// <param name="script">What it does.</param>
    public static string Write(string path, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for a program is a shell script");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }
}
