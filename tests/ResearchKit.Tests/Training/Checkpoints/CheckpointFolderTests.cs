using ResearchKit.Files;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Training;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Tests.Training.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    public void A_resumed_training_goes_on_bit_for_bit(int first)
    {
        using var whole = new EverythingGan();
        var expected = whole.Trainer.Run(16).Select(Numbers).Skip(first).ToList();
        using (var begun = new EverythingGan())
        {
            _ = begun.Trainer.Run(first).ToList();
            Folder().Save(begun.Trainer);
        }

        using var resumed = new EverythingGan(seed: 99); // other weights and random numbers, all replaced
        Assert.Equal(first, Folder().Load(resumed.Trainer));
        Assert.Equal(expected, resumed.Trainer.Run(16 - first).Select(Numbers).ToList());
        Assert.Equal(Bytes(whole.Trainer, "a"), Bytes(resumed.Trainer, "b"));
    }

    [Fact]
    public void Only_the_last_ones_are_kept()
    {
        using var gan = new TinyGan();
        foreach (var _ in gan.Trainer.Run(5))
        {
            Folder(keep: 2).Save(gan.Trainer);
        }

        Assert.Equal(
            ["step-000000004.json", "step-000000004.safetensors", "step-000000005.json", "step-000000005.safetensors"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Damaged_newer_ones_do_not_take_the_place_of_the_one_that_is_saved()
    {
        using var gan = new TinyGan();
        foreach (var step in gan.Trainer.Run(4).Where(s => s.Step % 2 == 0))
        {
            Folder(keep: 2).Save(gan.Trainer);
        }

        File.WriteAllText(_folder["step-000000004.safetensors"], "damaged");
        using var resumed = new TinyGan();
        Assert.Equal(2, Folder().Load(resumed.Trainer));
        _ = resumed.Trainer.Run(1).ToList();
        Folder(keep: 1).Save(resumed.Trainer);
        Assert.Equal(["step-000000003.json", "step-000000003.safetensors"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_a_crash_left_without_its_manifest_goes_with_the_next_checkpoint()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        File.WriteAllText(_folder["step-000000000.safetensors"], "left by a crash");
        Folder().Save(gan.Trainer);
        Assert.Equal(["step-000000001.json", "step-000000001.safetensors"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string, string> Damages
    {
        get
        {
            var damages = new TheoryData<string, string, string>();
            foreach (var (damage, file, manifest) in new[]
            {
                ("empty", "has 0 bytes, not", "cannot be read"), ("truncated", "bytes, not", "cannot be read"),
                    ("longer", "bytes, not", "cannot be read"), ("zeroed", "SHA-256", "cannot be read"),
                ("flipped", "SHA-256", "seal"), ("of another step", "SHA-256", "of another checkpoint"),
                    ("missing", "its file is missing", "has no manifest"), ("a folder", "its file is missing", "has no manifest"),
            })
            {
                damages.Add("step-000000003.safetensors", damage, file);
                damages.Add("step-000000003.json", damage, manifest);
            }

            return damages;
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_passed_over_and_it_is_said(string file, string damage, string reason)
    {
        var expected = TwoCheckpoints();
        Damage(damage, _folder[file]);
        using var resumed = new TinyGan();
        var said = new List<string>();
        Assert.Equal(2, Folder().Load(resumed.Trainer, said.Add));
        Assert.Equal(expected, Bytes(resumed.Trainer, "after"));
        Assert.Contains(reason, Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void No_flipped_bit_of_a_manifest_gives_another_model()
    {
        var previous = TwoCheckpoints();
        var manifest = _folder["step-000000003.json"];
        var whole = File.ReadAllBytes(manifest);
        using var gan = new TinyGan();
        Assert.Equal(3, Folder().Load(gan.Trainer));
        var newest = Bytes(gan.Trainer, "newest");
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(manifest, bytes);
            var said = new List<string>();
            var step = Folder().Load(gan.Trainer, said.Add);
            Assert.Equal(step == 3 ? newest : previous, Bytes(gan.Trainer, "flipped"));
            Assert.Equal(step == 3 ? 0 : 1, said.Count);
            refused += said.Count;
        }

        Assert.InRange(refused, whole.Length * 8 / 10, whole.Length); // one blank for another changes nothing
    }

    [Fact]
    public void Where_all_are_damaged_it_is_said_and_nothing_is_loaded()
    {
        _ = TwoCheckpoints();
        Damage("truncated", _folder["step-000000002.json"]);
        Damage("flipped", _folder["step-000000003.safetensors"]);
        using var gan = new TinyGan();
        var before = Bytes(gan.Trainer, "before");
        var said = new List<string>();
        BadFile.Fails(_folder.Path, "none of its checkpoints can be used (2 damaged); put one back from a copy", () => Folder()
            .Load(gan.Trainer, said.Add));
        Assert.Equal(2, said.Count);
        Assert.Equal(before, Bytes(gan.Trainer, "after"));
    }

    [Fact]
    public void Another_configuration_is_an_error_and_changes_nothing()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        using var other = new TinyGan();
        var before = Bytes(other.Trainer, "before");
        BadFile.Fails(_folder["step-000000001.json"], "other options", () => new CheckpointFolder(_folder.Path, "other")
            .Load(other.Trainer));
        Assert.Equal(before, Bytes(other.Trainer, "after"));
    }

    [Fact]
    public void Another_networks_state_is_refused_by_name()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        using var other = new EverythingGan();
        BadFile.Fails(_folder["step-000000001.json"], "of another training", () => Folder().Load(other.Trainer));
    }

    [Fact]
    public void An_empty_folder_has_none()
    {
        using var gan = new TinyGan();
        Assert.Null(Folder().Load(gan.Trainer));
        Assert.Null(new CheckpointFolder(_folder["absent"], "test").Load(gan.Trainer));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence_and_the_training_goes_on()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        File.WriteAllText(_folder["file"], "");
        var error = Assert.Throws<DataFileException>(() => new CheckpointFolder(_folder["file"], "test").Save(gan.Trainer));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, gan.Trainer.Run(1).Single().Step);
    }

    public void Dispose() => _folder.Dispose();

    private CheckpointFolder Folder(int keep = 3) => new(_folder.Path, "test", keep);

    private static (double, double, double, double, double) Numbers(StepReport s) =>
        (s.RealLoss, s.FakeLoss, s.Penalty, s.GeneratorLoss, s.GeneratorGradientNorm);

    private string Bytes(GanTrainer trainer, string name)
    {
        using var state = new StateStore();
        trainer.Save(state);
        using var other = new TemporaryFolder();
        SafetensorsFile.Write(other[name], state.Values);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(other[name])));
    }

    // Those of steps 2 and 3; what the first one holds.
    private string TwoCheckpoints()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(2).ToList();
        Folder().Save(gan.Trainer);
        var first = Bytes(gan.Trainer, "first");
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        return first;
    }

    private static void Damage(string kind, string file)
    {
        var bytes = File.ReadAllBytes(file);
        var other = File.ReadAllBytes(file.Replace("003", "002", StringComparison.Ordinal));
        File.Delete(file);
        switch (kind)
        {
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "truncated":
                File.WriteAllBytes(file, bytes[..^10]);
                break;
            case "longer":
                File.WriteAllBytes(file, [.. bytes, 1]);
                break;
            case "zeroed":
                File.WriteAllBytes(file, new byte[bytes.Length]);
                break;
            case "flipped":
                bytes[^20] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "of another step":
                File.WriteAllBytes(file, other);
                break;
            case "a folder":
                Directory.CreateDirectory(file);
                break;
        }
    }
}
