using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;
using ResearchKit.Registers;

namespace ResearchKit.Experiments.Building;

/// <summary>The kinds of data that the option <c>data</c> names.</summary>
public static class DataKinds
{
    /// <summary>Every kind; the first that has a name takes it.</summary>
    public static Register<DataKind> All { get; } = new("kind of data",
        new PointData("ring8", "8 Gaussians on a circle (PacGAN, arXiv:1712.04086)", () => GaussianMixture.Ring()),
        new PointData("grid25", "25 Gaussians on a grid (PacGAN, arXiv:1712.04086)", () => GaussianMixture.Grid()),
        new PointData("swiss-roll", "points of a spiral", () => new SwissRoll()),
        new PointData("two-moons", "points of two half circles", () => new TwoMoons()),
        new StackedData(),
        new NoteData(),
        new WordData(),
        new OracleData(),
        new ShapeData(),
        new ClipFolderData(),
        new CatalogSoundData(),
        new CatalogData(),
        new SoundFolderData(),
        new TextFileData(),
        new FolderData());

    /// <summary>The kind of an experiment's data.</summary>
    public static DataKind Of(DataOptions options) => All.First(kind => kind.Has(options.Data));

    /// <summary>What an experiment learns: points, images, sounds, lines or clips.</summary>
    public static SampleKind KindOf(DataOptions options) => Of(options).Kind;
}
