#!/bin/bash
# What one GPU shows in about ten minutes, in parts, the most valuable first; README.md beside it says what each part measures.
# Run: gpu.sh PROGRAMS OUT [DEVICE]
#   PROGRAMS  the folder artifacts/bin of a build; gpu-pack.sh makes one that needs no .NET on the machine with the GPU
#   OUT       a folder for gpu.json (everything by name, written anew after each part), gpu.txt (what was printed), rest.tar.gz (files)
# PARTS="tests steps" chooses parts and their order, LIMIT the seconds for all of them, QUICK=1 the smallest form of each, for a CPU.
# DOTNET names the dotnet program, PYTHON the Python with PyTorch, RESEARCHKIT_LIBTORCH the libtorch (PyTorch's own where it is not set and
# the programs were built without one). Exit code 1: a part failed or was cut; gpu.json says which, and the others ran all the same.
set -u
here=$(dirname "$(realpath "$0")")
all="machine tests steps batched training compiled features metrics cpu full bfloat16 rows"

if [ "${1:-}" != --part ]; then # the whole list: each part is a process of its own, so that its limit ends all that it started
    [ $# -ge 2 ] || { sed -n '2,9s/^# //p' "$0" >&2; exit 2; }
    [ -d "$1" ] || { echo "error: there is no folder $1: build first, or unpack the archive of gpu-pack.sh" >&2; exit 2; }
    for part in ${PARTS:=$all}; do
        [[ " $all " = *" $part "* ]] || { echo "error: there is no part '$part'; there are $all" >&2; exit 2; }
    done
    export programs out work python dotnet device quick here deadline
    programs=$(realpath "$1"); mkdir -p "$2"; out=$(realpath "$2"); device=${3:-cuda:0}; quick=${QUICK:-}
    python=${PYTHON:-python3}; dotnet=${DOTNET:-$(command -v dotnet || echo "$programs/../dotnet/dotnet")}
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    [ -n "$quick" ] && longest=3600 || longest=570
    deadline=$(($(date +%s) + ${LIMIT:-$longest}))
    if [ -z "${RESEARCHKIT_LIBTORCH:-}" ] && [ -f "$programs/carries-no-libtorch" ]; then
        RESEARCHKIT_LIBTORCH=$("$python" -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')
        export RESEARCHKIT_LIBTORCH
    fi

    # a wrapper, because the peers start one program
    program=$programs/ResearchKit.Benchmarks/release/ResearchKit.Benchmarks.dll
    printf '#!/bin/bash\nexec "%s" "%s" "$@"\n' "$dotnet" "$program" > "$work/bench"
    chmod +x "$work/bench"
    exec > >(tee "$out/gpu.txt") 2>&1; printer=$!
    failed=0
    for part in $PARTS; do
        case $part in
            machine) limit=30 ;; tests) limit=60 ;; steps | compiled) limit=150 ;; batched | training) limit=60 ;;
            rows) limit=86400 ;; *) limit=60 ;;
        esac
        [ -z "$quick" ] || limit=$((limit * 6))
        left=$((deadline - $(date +%s))); [ "$left" -ge 0 ] || left=0
        [ "$limit" -le "$left" ] || limit=$left
        mkdir -p "$work/$part"; start=$(date +%s%N)
        if [ "$limit" -lt 5 ]; then
            echo; echo "== $part: not begun, no time is left"
            code=not-begun
        else
            echo; echo "== $part ($(date -u +%H:%M:%S), at most $limit s)"
            # a part may look at its own end, and keep some seconds to tidy up
            ends=$(($(date +%s) + limit - 3)) timeout -k 5 "$limit" bash "$0" --part "$part" 2>&1 | tee "$work/$part/output.txt"
            code=${PIPESTATUS[0]}
            [ "$code" -eq 0 ] || failed=1
            case $code in 0) told=done ;; 124 | 137) told="CUT at its limit" ;; *) told="FAILED, exit code $code" ;; esac
            tenths=$((($(date +%s%N) - start) / 100000000))
            echo "-- $part: $told, $((tenths / 10)).$((tenths % 10)) s"
        fi
        "$python" "$here/gpu.py" part "$work" "$out/gpu.json" "$part" "$code" "$start" "$limit" || failed=1
    done
    # what does not fit into one small file each: in one archive, without what can be made again
    find "$work" \( -name checkpoints -o -name events -o -name '*.pth' -o -name '*.npz' -o -name bench \) -prune -exec rm -rf {} +
    find "$work/rows" \( -name '*.safetensors' -o -name log.jsonl \) -delete 2>/dev/null # of runs that nobody will draw from
    tar -czf "$out/rest.tar.gz" -C "$work" .
    echo; echo "written to $out:"; (cd "$out" && du -b gpu.json gpu.txt rest.tar.gz)
    exec >&- 2>&-; wait "$printer"
    exit $failed
fi

cli=("$dotnet" "$programs/ResearchKit.Cli/release/ResearchKit.Cli.dll")
mine=$work/$2; bad=0
try() { "$@" || { code=$?; echo "FAILED with exit code $code: ${*: -6}"; bad=1; }; } # and go on
peers=$here/../peers
pairs() { try "$python" "$peers/train_step_pairs.py" "$work/bench" --json "$mine/pairs.jsonl" "$@"; }
on_device() { # PRECISION [more]: the families that train-step knows and a GPU is for
    if [ -n "$quick" ]; then
        pairs --cases toy16 sngan32:8 --device "$device" --pairs 1 --blocks 1 --steps 2 --precision "$@"
    else
        pairs --cases dcgan64 sngan32:256 r3gan64 stylegan256 wgan-gp --device "$device" --pairs 1 --blocks 2 --limit 75 --precision "$@"
    fi
}

small() { [ -n "$quick" ] && echo "$1" || echo "$2"; } # of QUICK, and else
places=$device; [ "$device" = cpu ] || places="$device cpu"

case $2 in
machine)
    try "$python" "$here/gpu.py" machine "$mine/machine.json" "$device"
    try "${cli[@]}" info ;;
tests)
    "$dotnet" "$programs/ResearchKit.Tests/release/ResearchKit.Tests.dll" -noColor -class '*CudaTests' -class '*ComputeDeviceTests' |
        tee "$mine/tests.txt"
    [ "${PIPESTATUS[0]}" -eq 0 ] || bad=1
    if [ "$device" != cpu ] && grep -q 'no CUDA device' "$mine/tests.txt"; then
        echo "error: the tests saw no CUDA device"; bad=1
    fi ;;
steps) on_device TensorFloat32 ;;
compiled) on_device TensorFloat32 --only-compiled ;;
full) on_device Full ;;
bfloat16) on_device BFloat16 ;;
cpu)
    for threads in 1 "$(nproc)"; do
        pairs --cases toy16 $(small "" "dcgan28 sngan32:16") --threads "$threads" --pairs 1 --blocks "$(small 1 3)" --steps "$(small 50 20)"
    done ;;
batched) # PacGAN's networks; `rows` reckons with the line of ten seeds
    for seeds in $(small 2 "10 40"); do
        try "$work/bench" batched-seeds --pacgan --batch 100 --seeds "$seeds" --device "$device" --pairs "$(small 1 3)" \
            --steps "$(small 5 $((1500 / seeds)))"
    done
    try "$work/bench" batched-seeds --images --batch 64 --features "$(small 4 64)" --seeds "$(small 2 8)" --device "$device" \
        --pairs "$(small 1 3)" --steps "$(small 2 25)" ;;
training) # as many steps as the time allows, by the run's own estimate
    train=("${cli[@]}" train dcgan-faces --out "$mine/run" --set "device=$device" --set scores=frechet --set network=faces-32
        --set gridEvery=100000)
    steps=20
    if [ -z "$quick" ]; then
        plan=$("${train[@]}" --dry-run) || { echo "$plan"; exit 1; }
        echo "$plan"
        # the rest is for the start, the scores and what the estimate misses
        steps=$("$python" "$here/gpu.py" steps "$(((ends - $(date +%s)) / 2))" <<< "$plan") || exit 1
    fi
    try "${train[@]}" --steps "$steps" ;;
features)
    images=emoji-faces-32:$(small test train)
    for place in $places; do
        for batch in $(small 64 "64 256"); do
            echo "faces-32 on $place, batches of $batch"
            try "$work/bench" features "$images" --network faces-32 --device "$place" --batch-size "$batch"
        done
    done
    # the FID's network with drawn weights, beside PyTorch's eager one with the same
    "$python" "$here/gpu.py" inception "$mine/full.pth" "$device" "$(small 8 1616)"; code=$?
    case $code in
    0)
        echo "inception on $device, batches of 64"
        try "$work/bench" features "$images" --network inception --weights "$mine/full.pth" --resizer legacy_pytorch --device "$device" \
            --batch-size 64 ;;
    4) ;; # there is no torchvision, as it said
    *) bad=1 ;;
    esac ;;
metrics) # features on the device, values from features on the CPU: the kit computes them nowhere else
    for place in $places; do
        echo "on $place"
        try "${cli[@]}" metrics pretrained:faces emoji-faces-32:test --network faces-32 --fid --kid --prdc --kid-subset-size 100 \
            --no-cache --samples "$(small 300 10000)" --device "$place" --json "$mine/${place%%:*}.json"
    done
    try "$work/bench" metrics "$(small frechet-short prdc)" ;;
rows) # whole rows of protocols, all seeds of a method as one: those that fit into what is left, by what `batched` measured
    rows=("collapse-ring8-exact|GAN|0..9" "collapse-ring8-exact|PacGAN 2|0..9" "collapse-grid25-exact|GAN|0..9"
        "collapse-grid25-exact|PacGAN 2|0..9")
    [ -z "$quick" ] || rows=("collapse-ring8-quick|GAN|0..1")
    mkdir -p "$mine/rows"
    for row in "${rows[@]}"; do
        IFS='|' read -r preset method seeds <<< "$row"
        [ -n "$quick" ] || "$python" "$here/gpu.py" fits "$work" "$((ends - $(date +%s)))" "$row" || continue
        try "${cli[@]}" sweep "$preset" --only "$method" --seeds "$seeds" --batched --set "device=$device" --out "$mine/$preset"
        try "${cli[@]}" presets collect "$preset" "$mine/$preset" --json "$mine/rows/$preset.json"
    done ;;
esac
exit $bad
