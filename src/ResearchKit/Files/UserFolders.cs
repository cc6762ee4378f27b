namespace ResearchKit.Files;

/// <summary>The user's own folders.</summary>
internal static class UserFolders
{
    /// <summary><c>researchkit</c> in the user's cache folder: <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c> on Linux,
    /// <c>~/Library/Caches</c> on macOS, the local application data on Windows. Null for a user without any.</summary>
    public static string? Cache
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : !OperatingSystem.IsMacOS() && Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                    && Path.IsPathRooted(xdg)
                    ? xdg
                : home.Length == 0 ? ""
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
            return caches.Length > 0 ? Path.Combine(caches, "researchkit") : null;
        }
    }
}
