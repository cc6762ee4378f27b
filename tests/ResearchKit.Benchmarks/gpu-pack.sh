#!/bin/bash
# Packs all that gpu.sh needs on a Linux x64 machine with PyTorch and no .NET into one archive: the programs, built without a libtorch,
# this machine's .NET runtime, the scripts and the small data.
# Run: gpu-pack.sh [ARCHIVE.tar.xz]      (artifacts/gpu.tar.xz when left out)
# There (without xz `python3 -m tarfile -e gpu.tar.xz .`): tar -xJf gpu.tar.xz && tests/ResearchKit.Benchmarks/gpu.sh programs OUT
# gpu.sh then takes PyTorch's libtorch, and the archive's dotnet where there is none on the path. It may be unpacked in a checkout, too.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../.."); archive=$(realpath -m "${1:-$root/artifacts/gpu.tar.xz}")
built=$root/artifacts/gpu
for project in Tests Benchmarks; do
    dotnet build "$root/tests/ResearchKit.$project" -c Release -v q -p:TorchBackend=none --artifacts-path "$built"
done

stage=$(mktemp -d); trap 'rm -rf "$stage"' EXIT
for program in Cli Tests Benchmarks; do
    mkdir -p "$stage/programs/ResearchKit.$program"
    cp -r "$built/bin/ResearchKit.$program/release" "$stage/programs/ResearchKit.$program/"
done
touch "$stage/programs/carries-no-libtorch"
# other systems' libraries, symbols, documentation, the browser of the tests of pages, the notebooks' host
find "$stage/programs" -path '*/runtimes/*' -type d -name native ! -path '*/linux-x64/*' -prune -exec rm -rf {} +
find "$stage/programs" \( -name '*.pdb' -o -name '*.xml' -o -name .playwright -o -name notebook-host \) -prune -exec rm -rf {} +

home=$(dirname "$(realpath "$(command -v dotnet)")")
read -r _ version _ <<< "$(dotnet --list-runtimes | grep '^Microsoft.NETCore.App 10\.' | sort -V | tail -1)"
framework=shared/Microsoft.NETCore.App/$version
mkdir -p "$stage/dotnet/$(dirname "$framework")" "$stage/dotnet/host/fxr"
cp "$home/dotnet" "$home/LICENSE.txt" "$home/ThirdPartyNotices.txt" "$stage/dotnet/"
cp -r "$home/$framework" "$stage/dotnet/$framework"
cp -r "$home/host/fxr/$version" "$stage/dotnet/host/fxr/"

cd "$root"
mkdir -p "$stage/tests/ResearchKit.Benchmarks"
cp -r tests/peers "$stage/tests/"
cp tests/ResearchKit.Benchmarks/gpu.{sh,py} "$stage/tests/ResearchKit.Benchmarks/"
find "$stage/tests" -name __pycache__ -prune -exec rm -rf {} +
mkdir -p "$stage/data/pretrained"
cp -r data/catalog.json data/presets data/networks data/emoji-faces-32 "$stage/data/"
cp data/pretrained/faces.* "$stage/data/pretrained/"

# a file that several programs have is stored once
declare -A first
while read -r sum file; do
    if [ -n "${first[$sum]:-}" ]; then ln -f "${first[$sum]}" "$file"; else first[$sum]=$file; fi
done < <(find "$stage/programs" -type f -exec sha256sum {} +)

mkdir -p "$(dirname "$archive")"
tar -C "$stage" -cf - programs dotnet tests data | xz -T2 -6 > "$archive"
size=$(stat -c %s "$archive")
echo "$archive: $size bytes ($(awk "BEGIN { printf \"%.1f\", $size / 1048576 }") MiB), .NET $version"
