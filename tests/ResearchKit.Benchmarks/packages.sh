#!/usr/bin/env bash
# The packages as their users meet them: packed into a folder, used from empty folders outside the checkout. Takes some minutes, and a
# package source for what is not in NuGet's folder yet. KERNEL=PATH/dotnet-interactive also runs the notebook in .NET Interactive (Python 3).
#
#   tests/ResearchKit.Benchmarks/packages.sh [FOLDER]     # FOLDER is made, and left behind
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work" && work=$(cd "$work" && pwd)
feed=$work/feed
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
say() { printf '\n== %s\n' "$*"; }
libtorch=libtorch-cpu-linux-x64
property() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$root/Directory.Packages.props"; }
version=$(property LibtorchVersion)

say "dotnet pack -c Release"
rm -rf "$feed"
(cd "$root" && dotnet pack -c Release -o "$feed" | grep -E 'warning|error|Successfully')
ls -l "$feed"

say "no path of this machine in the packages"
rm -rf "$work/unpacked" && mkdir "$work/unpacked"
for package in "$feed"/*nupkg; do
    unzip -q -o "$package" -d "$work/unpacked/$(basename "$package")"
done
python3 - "$work/unpacked" "$root" "$HOME" <<'CODE'
import pathlib, sys
paths = [p.rstrip("/") + "/" for p in sys.argv[2:]]
found = [(file, p) for file in pathlib.Path(sys.argv[1]).rglob("*") if file.is_file() for p in paths
         if p.encode() in file.read_bytes() or p.encode("utf-16-le") in file.read_bytes()]
sys.exit("\n".join(f"{file} holds {p}" for file, p in found)) if found else print("none")
CODE

# A NuGet folder without the kit's packages of an earlier run; the others are linked.
export NUGET_PACKAGES=$work/nuget
if [ ! -d "$NUGET_PACKAGES" ]; then
    cp -al "$HOME/.nuget/packages" "$NUGET_PACKAGES" 2>/dev/null || cp -a "$HOME/.nuget/packages" "$NUGET_PACKAGES"
fi
rm -rf "$NUGET_PACKAGES"/researchkit*
for package in "$libtorch@$version" "Microsoft.ML.DnnImageFeaturizer.ResNet18@$(property Resnet18Version)"; do
    folder=$(echo "${package/@//}" | tr '[:upper:]' '[:lower:]')
    [ -d "$NUGET_PACKAGES/$folder" ] || dotnet package download "$package" --output "$NUGET_PACKAGES" | tail -1
done

say "a console program"
rm -rf "$work/console" && mkdir "$work/console" && cd "$work/console"
dotnet new console --no-restore >/dev/null
dotnet new nugetconfig >/dev/null
dotnet nuget add source "$feed" --configfile nuget.config >/dev/null
dotnet add package ResearchKit | grep -E 'error|PackageReference'
cat > Program.cs <<'CODE'
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;

var loaded = NativeRuntime.EnsureLoaded();
Console.WriteLine($"{loaded.LibtorchFolder}; repaired: {loaded.Repaired}");
using var train = DataCatalog.Find().LoadImages("fashion-mnist-small", "train");
RandomState.Seed(0);
using var generator = new DcganGenerator(imageSize: 28, channels: 1, features: 16);
using var discriminator = new DcganDiscriminator(imageSize: 28, channels: 1, features: 16);
using var batches = new ImageBatches(train, batchSize: 64, seed: 0);
using var trainer = new GanTrainer(generator, discriminator, new Game(new NonSaturatingLoss()), batches, new TrainerOptions());
foreach (var step in trainer.Run(50))
    if (step.Step % 25 == 0)
        Console.WriteLine(step);
ImageGrid.Of(trainer.Sample(NormalLatents.Draw(16, 100, seed: 1)), columns: 8).Save("clothes.png");
CODE
dotnet build -c Release | grep -E 'warning|error|Warn|Elapsed'
dotnet bin/Release/net10.0/console.dll && test -s clothes.png
du -sh bin

say "the same with its own $libtorch, as it is published, without any NuGet folder"
dotnet add package "$libtorch" --version "$version" | grep -E 'error|PackageReference'
dotnet publish -c Release -r linux-x64 --self-contained false -o published | grep -E 'warning|error|published'
NUGET_PACKAGES=$work/absent published/console

say "the tool"
rm -rf "$work/tools" "$work/empty" && mkdir "$work/empty" && cd "$work/empty"
dotnet tool install --tool-path "$work/tools" --add-source "$feed" ResearchKit.Cli
PATH=$work/tools:$PATH
researchkit info
researchkit train dcgan-faces --set steps=20 --out faces | tail -3
researchkit metrics pretrained:clothes fashion-mnist-small:test --samples 500 | tail -5
researchkit metrics faces emoji-faces-32:test --samples 100 | tail -5
researchkit sample pretrained:faces --grid faces.png
NUGET_PACKAGES=$work/absent researchkit info && exit 1 || echo "(1: as it must be)"

say "a notebook in the kit's own host"
python3 - "$feed" <<'CODE'
import json, sys
def cell(name, text):
    return dict(cell_type="code", id=name, execution_count=None, metadata={}, outputs=[], source=text.splitlines(keepends=True))
cells = [cell("setup", f'#i "nuget: {sys.argv[1]}"\n#r "nuget: ResearchKit.Interactive"\n'
              'using ResearchKit.Data; using ResearchKit.Data.Catalog; using ResearchKit.Imaging; using ResearchKit.Interactive;\n'
              'using ResearchKit.Losses; using ResearchKit.Models; using ResearchKit.Training;\n'
              'using TorchSharp; using static TorchSharp.torch;\n'
              'Kit.Start()'),
         cell("grid", 'var train = DataCatalog.Find().LoadImages("emoji-faces-32", "train");\n'
              'var trainer = new GanTrainer(new DcganGenerator(32, 3, 16), new DcganDiscriminator(32, 3, 16),\n'
              '    new Game(new NonSaturatingLoss()), new ImageBatches(train, 32, 0), new TrainerOptions());\n'
              'foreach (var step in trainer.Run(20)) { }\n'
              'ImageGrid.Of(trainer.Sample(NormalLatents.Draw(16, 100, seed: 1)), columns: 8)'),
         cell("chart", 'Figure.Bars("two", "value", new[] { "a", "b" }, ("one", new double[] { 1, 2 }, null))')]
json.dump(dict(cells=cells, metadata=dict(kernelspec=dict(name=".net-csharp", display_name=".NET (C#)", language="C#")),
               nbformat=4, nbformat_minor=5), open("outside.ipynb", "w"), indent=1)
CODE
researchkit notebook run outside.ipynb --out ran
grep -o '"image/png"' ran/outside.ipynb | head -1

say "the same where NuGet's folder has no libtorch: the cell that references it"
mv "$NUGET_PACKAGES/$libtorch" "$work/$libtorch" && mkdir -p "$work/nupkgs" && cp -l "$work/$libtorch"/*/*.nupkg "$work/nupkgs"
researchkit notebook run outside.ipynb --out without && exit 1 || echo "(1: as it must be)"
python3 - "$work/nupkgs" "$libtorch, $version" <<'CODE'
import json, sys
notebook = json.load(open("outside.ipynb"))
notebook["cells"][0]["source"][:0] = [f'#i "nuget: {sys.argv[1]}"\n', f'#r "nuget: {sys.argv[2]}"\n']
json.dump(notebook, open("with.ipynb", "w"))
CODE
researchkit notebook run with.ipynb --out with

if [ -n "${KERNEL:-}" ]; then
    say "the same notebook in .NET Interactive"
    rm -rf "$NUGET_PACKAGES/$libtorch" && mv "$work/$libtorch" "$NUGET_PACKAGES/$libtorch"
    PATH=$(dirname "$KERNEL"):$PATH timeout 600 python3 "$root/tests/ResearchKit.Benchmarks/real_kernel.py" run outside.ipynb
fi
