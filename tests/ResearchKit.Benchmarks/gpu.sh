#!/bin/bash
# What one GPU shows in eight minutes: tests on CUDA, training steps a second beside PyTorch eager, features a second.
# Run: gpu.sh PROGRAMS OUT [DEVICE]
#   PROGRAMS  the folder artifacts/bin of a build, with -p:TorchBackend=none where RESEARCHKIT_LIBTORCH names PyTorch's own libtorch
#   OUT       a folder for what is printed
# DOTNET names the dotnet program where it is not on the path, PYTHON the Python with PyTorch.
set -u
programs=$(realpath "$1"); mkdir -p "$2"; out=$(realpath "$2"); device=${3:-cuda:0}
dotnet=${DOTNET:-dotnet}; python=${PYTHON:-python3}; here=$(dirname "$(realpath "$0")"); peers=$here/../peers
quick=${QUICK:-}  # anything: one short pair on a CPU, to try the script
program() { echo "$programs/ResearchKit.$1/release/ResearchKit.$1.dll"; }
section() { echo; echo "== $1 ($(date -u +%H:%M:%S))"; }
{
    section machine
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi here"
    "$python" -c 'import torch; print("PyTorch", torch.__version__, "CUDA", torch.version.cuda)'
    "$dotnet" "$(program Cli)" info

    section "tests on CUDA"
    timeout 60 "$dotnet" "$(program Tests)" -class '*CudaTests' -class '*ComputeDeviceTests' | grep -v Discover

    # a wrapper, because the peer starts one program
    printf '#!/bin/bash\nexec "%s" "%s" "$@"\n' "$dotnet" "$(program Benchmarks)" > "$out/bench"
    chmod +x "$out/bench"
    for precision in Full TensorFloat32 BFloat16; do
        section "training steps, $precision"
        if [ -n "$quick" ]; then
            timeout 200 "$python" "$peers/train_step_pairs.py" "$out/bench" --cases toy16 --device "$device" --precision "$precision" --pairs 1 \
                --features 16 --blocks 1 --steps 5
            continue
        fi

        timeout 25 "$python" "$peers/train_step_pairs.py" "$out/bench" --cases dcgan64 --device "$device" --precision "$precision" \
            --pairs 1 --blocks 3 --steps 50
        timeout 25 "$python" "$peers/train_step_pairs.py" "$out/bench" --cases sngan32 --device "$device" --precision "$precision" \
            --features 256 --pairs 1 --blocks 3 --steps 50
        timeout 55 "$python" "$peers/train_step_pairs.py" "$out/bench" --cases stylegan256 r3gan64 --device "$device" \
            --precision "$precision" --pairs 1 --blocks 2 --steps 16
    done

    section "features a second"
    for network in resnet18 faces-32; do
        for batch in 64 256; do
            echo "$network, batches of $batch"
            { time timeout 20 "$dotnet" "$(program Cli)" stats emoji-faces-32:train --network $network --device "$device" \
                --batch-size $batch --no-cache --out "$out/$network.npz"; } 2>&1 | grep -E 'features|real'
        done
    done
    section end
} 2>&1 | tee "$out/gpu.txt"
