using System.Text.RegularExpressions;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments;

/// <summary>The order of the rooms of ResearchKit.Experiments, and that no two of its files use each other in a circle.</summary>
public partial class FilesTests
{
    private static readonly string[] Rooms = ["Options", "Building", "Scoring", "Runs", "Sweeps", "Protocols"];

    [Fact]
    public void A_room_uses_only_those_before_it_and_no_files_form_a_circle()
    {
        var source = Path.Combine(Repository.Root, "src", "ResearchKit.Experiments");
        var files = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(source, file).Replace('\\', '/'), file => Comment().Replace(File.ReadAllText(file), ""));
        var declared = files.SelectMany(f => Declaration().Matches(f.Value).Select(m => (Type: m.Groups[1].Value, File: f.Key))).ToList();
        var uses = files.ToDictionary(f => f.Key, f => declared
            .Where(d => d.File != f.Key && Regex.IsMatch(f.Value, $@"(?<!\.)\b{d.Type}\b")).Select(d => d.File).Distinct().ToList());
        foreach (var (file, used) in uses)
        {
            Assert.All(used, other => Assert.True(Room(other) <= Room(file), $"{file} uses {other}"));
        }

        while (uses.Count > 0) // takes away what uses nothing that is left, again and again
        {
            var free = uses.Where(u => u.Value.TrueForAll(other => !uses.ContainsKey(other))).Select(u => u.Key).ToList();
            Assert.True(free.Count > 0, $"a circle among {string.Join(", ", uses.Keys)}");
            free.ForEach(file => uses.Remove(file));
        }
    }

    private static int Room(string file) => Array.IndexOf(Rooms, file.Split('/')[0]);

    [GeneratedRegex(@"(?:class|record|enum|interface|struct) (\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
