namespace ResearchKit.Notebooks.Files;

/// <summary>The checkout of the kit.</summary>
internal static class Checkout
{
    /// <summary>The nearest folder, this one or above, that holds the kit's solution; null where there is none.</summary>
    public static string? Above(string folder)
    {
        for (var candidate = new DirectoryInfo(folder); candidate is not null; candidate = candidate.Parent)
        {
            if (File.Exists(Path.Combine(candidate.FullName, "ResearchKit.sln")))
            {
                return candidate.FullName;
            }
        }

        return null;
    }
}
