using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ResearchKit.Experiments.Options;
using ResearchKit.Registers;

namespace ResearchKit.Architecture;

/// <summary>The order of the rooms: code uses only what stands before it, so that a part can be read, changed and moved by
/// itself.</summary>
public sealed class RoomTests
{
    /// <summary>The rooms of the library, each of which uses only those before it.</summary>
    private static readonly string[] LibraryRooms =
    [
        "Runtime", "Files", "State", "Statistics", "Schedules", "Registers", "Data", "Models", "Losses", "Training", "Metrics", "Imaging",
        "Diagnostics",
    ];

    private static readonly string[] ExperimentRooms = ["Options", "Building", "Scoring", "Runs", "Sweeps", "Protocols"];

    private static readonly ArchUnitNET.Domain.Architecture Kit = new ArchLoader()
        .LoadAssemblies(typeof(INamed).Assembly, typeof(ExperimentOptions).Assembly)
        .Build();

    [Fact]
    public void Library_uses_rooms_in_order() => Assert.Empty(AgainstTheOrder("ResearchKit", LibraryRooms));

    [Fact]
    public void Experiments_use_rooms_in_order() => Assert.Empty(AgainstTheOrder("ResearchKit.Experiments", ExperimentRooms));

    [Fact]
    public void Library_knows_nothing_of_experiments() =>
        Assert.DoesNotContain(Uses(), u => !IsExperiment(u.From) && IsExperiment(u.To));

    [Fact]
    public void Namespaces_have_no_circle() => Assert.Null(Circle(Uses().Select(u => (u.From, u.To))));

    [Fact]
    public void Types_of_experiments_have_no_circle() => Assert.Null(Circle(
        Uses().Where(u => IsExperiment(u.From) && IsExperiment(u.To)).Select(u => (u.Type, u.Target))));

    // The check itself: without it an empty list of uses would pass.
    [Fact]
    public void Uses_inside_methods_are_seen() => Assert.Contains(
        Uses(), u => u.Type == "ResearchKit.Training.AdversarialStep" && u.Target == "ResearchKit.Losses.DiscriminatorPass");

    private static bool IsExperiment(string space) => space.StartsWith("ResearchKit.Experiments", StringComparison.Ordinal);

    private static IEnumerable<string> AgainstTheOrder(string root, string[] rooms)
    {
        foreach (var (from, to, type, target) in Uses())
        {
            if (Room(from, root) is { } own && Room(to, root) is { } other && own != other
                && Array.IndexOf(rooms, other) is var at && (at < 0 || at > Array.IndexOf(rooms, own)))
            {
                yield return $"{type} uses {target}";
            }
        }
    }

    // The first name below the root; null outside of it. Experiments are not a room of the library.
    private static string? Room(string space, string root) =>
        space.StartsWith(root + ".", StringComparison.Ordinal) && space[(root.Length + 1)..].Split('.')[0] is var room
            && room != "Experiments"
            ? room
            : null;

    private static IEnumerable<(string From, string To, string Type, string Target)> Uses() => Kit.Types
        .Where(t => IsOurs(t) && IsWritten(t.FullName))
        .SelectMany(t => t.Dependencies.Select(d => (Type: t, d.Target)))
        .Where(d => IsOurs(d.Target) && IsWritten(d.Target.FullName))
        .Select(d => (From: d.Type.Namespace.FullName, To: d.Target.Namespace.FullName, Type: File(d.Type), Target: File(d.Target)))
        .Where(u => u.Type != u.Target)
        .Distinct();

    private static bool IsOurs(IType type) => type.Namespace?.FullName.StartsWith("ResearchKit", StringComparison.Ordinal) == true;

    // Generated code (closures, JSON contexts) has names of its own.
    private static bool IsWritten(string name) =>
        name.StartsWith("ResearchKit", StringComparison.Ordinal) && !name.Contains("<>", StringComparison.Ordinal);

    // A nested type stands in its outer type's file.
    private static string File(IType type) => type.FullName.Split('+', '`')[0];

    // Depth first: the names along a circle, or null.
    private static string? Circle(IEnumerable<(string From, string To)> uses)
    {
        var next = uses.Where(u => u.From != u.To).ToLookup(u => u.From, u => u.To);
        var done = new HashSet<string>();
        var path = new List<string>();
        return next.Select(n => Visit(n.Key)).FirstOrDefault(c => c is not null);

        string? Visit(string node)
        {
            if (path.Contains(node))
            {
                return string.Join(" -> ", path.SkipWhile(p => p != node).Append(node));
            }

            if (!done.Add(node))
            {
                return null;
            }

            path.Add(node);
            var found = next[node].Distinct().Select(Visit).FirstOrDefault(c => c is not null);
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }
}
