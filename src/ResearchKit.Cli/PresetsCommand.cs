using ResearchKit.Experiments.Options;

namespace ResearchKit.Cli;

internal static class PresetsCommand
{
    public static Command Create()
    {
        var papers = Flag("--papers", "Only those that name a published result.");
        var command = new Command("presets", "Lists the experiments that ship with the kit: what they train, on what, how long, what was " +
            "published for them, and the command.") { papers };
        command.SetAction(parsed =>
        {
            foreach (var preset in PresetCatalog.All().Where(p => !parsed.GetValue(papers) || p.Published is not null))
            {
                Console.WriteLine(Text(preset));
            }

            return 0;
        });
        return command;
    }

    private static string Text(Preset preset)
    {
        var (data, networks, run) = (preset.Options.Data, preset.Options.Networks, preset.Options.Run);
        var command = preset.Name.Split('-') is ["collapse", .. var protocol, var form]
                ? $"researchkit collapse {string.Join('-', protocol)} --form {form} --out DIR"
            : preset.Variants.Count > 0 ? $"researchkit sweep {preset.Name} --seeds 0..4 --out DIR"
            : $"researchkit train {preset.Name}{(data.Data == PresetCatalog.OwnFolder ? " --data FOLDER" : "")} --out DIR";
        string[] lines =
        [
            preset.Name,
            $"  {preset.Title}",
            string.Create(CultureInfo.InvariantCulture, $"  {networks.Architecture} on {data.Data}; batch {data.Batch}, " +
                $"{run.Steps:N0} steps of G on {run.Device}"),
            .. preset.Published is { } published ? [$"  published: {published.Result}; {published.Source}"] : (string[])[],
            $"  {command}",
        ];
        return string.Join(Environment.NewLine, lines) + Environment.NewLine;
    }
}
