namespace ResearchKit.Support;

/// <summary>Paths in the checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Reference(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", name);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ResearchKit.sln")))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory(); // a published test program, run in the checkout
    }
}
