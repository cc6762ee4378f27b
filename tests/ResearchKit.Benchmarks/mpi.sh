#!/usr/bin/env bash
# One training by several processes, over a real MPI (MPICH): resumed to the same bytes after SIGTERM and after a process was killed,
# refused with another number of processes, ended by one that fails. Takes some minutes; ends with 1 at the first wrong thing. mpich,
# installed where it was missing (as root), stays.
#
#   dotnet build -c Release src/ResearchKit.Cli && tests/ResearchKit.Benchmarks/mpi.sh
#
# With `speed` it measures instead, on a quiet machine: samples a second of one process and of two, a core each, in turn, medians.
#
#   tests/ResearchKit.Benchmarks/mpi.sh speed [TIMES] [STEPS]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
kit="dotnet $root/artifacts/bin/ResearchKit.Cli/release/ResearchKit.Cli.dll"
work=$(mktemp -d -t mpi-XXXXXX)

say() { printf '\n== %s\n' "$*"; }
wrong() { echo "WRONG: $*" >&2; exit 1; }
right() { echo "right: $*"; }
clean() {
    code=$?
    [ $code -eq 0 ] || tail -n 12 "$work"/*.txt 2>/dev/null || true
    rm -rf "$work"
    exit $code
}
trap clean EXIT

if ! command -v mpirun.mpich >/dev/null; then
    [ "$(id -u)" = 0 ] || wrong "there is no mpirun.mpich: install mpich"
    apt-get install -y --no-install-recommends mpich > "$work/apt.txt" 2>&1 || wrong "apt-get install mpich failed"
fi
cd "$work"

# Samples a second of the last steps, as the progress says: starting up and scores are not counted.
if [ "${1:-}" = speed ]; then
    times=${2:-5} steps=${3:-200}
    dcgan=(train dcgan --data "${DATA:-fashion-mnist-small:train}" --size 32 --steps "$steps" --set threads=1 --set batch=64
        --set features=32 --set gridEvery=none --set scoreSamples=10 --set checkpointEvery=100000)
    rate() { # NAME COMMAND...
        local name=$1; shift
        rm -rf "$name"
        "$@" "${dcgan[@]}" --out "$name" > "$name.txt" 2>&1 || wrong "$name failed"
        grep '^100 %' "$name.txt" | grep -o '[0-9]* samples/s' | cut -d' ' -f1
    }
    pinned() { mpirun.mpich -n 2 bash -c 'exec taskset -c "$PMI_RANK" "$@"' pinned $kit "$@"; }
    for i in $(seq "$times"); do
        one=$(rate one taskset -c 0 $kit)
        two=$(rate two pinned)
        echo "$i  one process $one  two processes $two samples/s  $(awk "BEGIN { printf \"%.2f\", $two / $one }")x" | tee -a rates
    done
    awk '{ print $NF }' rates | tr -d x | sort -n | awk '{ v[NR] = $1 } END { print "median " v[int((NR + 1) / 2)] "x" }'
    exit 0
fi

ring=(train ring8 --set features=16 --set batch=32 --set logEvery=10 --set checkpointEvery=100 --set gridEvery=none --set scoreEvery=100000)
many() { local n=$1; shift; mpirun.mpich -n "$n" $kit "$@"; }
same() { for file in log.jsonl scores.jsonl generator.safetensors; do cmp "$1/$file" "$2/$file" || wrong "$2/$file differs"; done; }
until_true() { # SECONDS COMMAND...
    local end=$((SECONDS + $1)); shift
    until "$@"; do [ $SECONDS -lt "$end" ] || return 1; sleep 0.2; done
}
past() { [ "$(cat "$1/log.jsonl" 2>/dev/null | wc -l)" -gt "$2" ]; }
process() { # RUN RANK: its process's number
    pgrep -f -- "--out $1" | while read -r p; do
        if tr '\0' '\n' < "/proc/$p/environ" 2>/dev/null | grep -qx "PMI_RANK=$2"; then echo "$p"; fi
    done | head -1
}
ended() { ! kill -0 "$1" 2>/dev/null; }

say "two processes at one go, twice: the same bytes"
many 2 "${ring[@]}" --steps 240 --out a > a.txt 2>&1 || wrong "the training failed"
grep "a: 2 processes, batch 32 each: 64 samples a step" a.txt || wrong "the processes are not told"
many 2 "${ring[@]}" --steps 240 --out b > b.txt 2>&1 || wrong "the training failed"
same a b
right "log, scores and generator are the same"

say "SIGTERM to mpirun"
mpirun.mpich -n 2 $kit "${ring[@]}" --steps 240 --out c > c.txt 2>&1 & pid=$!
until_true 120 past c 12 || wrong "the run does not get on"
kill -TERM $pid
until_true 30 ended $pid || wrong "it did not end within 30 s"
wait $pid && wrong "it ended as if it were done" || true
cat c.txt
ls c/checkpoints
many 2 "${ring[@]}" --steps 240 --out c --resume > c2.txt 2>&1 || wrong "the resume failed"
grep "resumed after step" c2.txt || wrong "it was not resumed"
same a c
right "log, scores and generator are those at one go"

say "SIGTERM to one process: all end after the same step, with a checkpoint"
mpirun.mpich -n 2 $kit "${ring[@]}" --steps 240 --out d > d.txt 2>&1 & pid=$!
until_true 120 past d 12 || wrong "the run does not get on"
second=$(process d 1)
kill -TERM "$second"
until_true 30 ended $pid || wrong "it did not end within 30 s"
grep "interrupted after step [0-9]*: a checkpoint is written" d.txt || { cat d.txt; wrong "the first process wrote no checkpoint"; }
many 2 "${ring[@]}" --steps 240 --out d --resume > d2.txt 2>&1 || wrong "the resume failed"
same a d
right "log, scores and generator are those at one go"

say "a process is killed"
mpirun.mpich -n 2 $kit "${ring[@]}" --steps 240 --out e > e.txt 2>&1 & pid=$!
until_true 120 past e 12 || wrong "the run does not get on"
second=$(process e 1)
before=$SECONDS
kill -KILL "$second"
until_true 30 ended $pid || wrong "it did not end within 30 s"
right "all ended $((SECONDS - before)) s later: $(grep -m1 -iE 'process .* has ended|BAD TERMINATION|KILLED' e.txt)"
many 2 "${ring[@]}" --steps 240 --out e --resume > e2.txt 2>&1 || wrong "the resume failed"
same a e
right "log, scores and generator are those at one go"

say "another number of processes"
many 2 "${ring[@]}" --steps 100 --out f > f.txt 2>&1
rm f/generator.safetensors
for n in 1 3; do
    before=$SECONDS
    many $n train --out f --resume > "f$n.txt" 2>&1 && wrong "$n processes went on with a run of 2"
    grep "this run is trained by 2 processes, and $n w" "f$n.txt" || wrong "it is not said why"
done
right "refused"

say "a process that fails: the second one does not find the images"
cat > failing.sh <<SH
#!/bin/bash
[ "\$PMI_RANK" = 0 ] || cd /
exec $kit "\$@"
SH
chmod +x failing.sh
mkdir images
find "$root/data" "$root/notebooks" -name '*.png' | head -8 | xargs -I{} cp {} images/
before=$SECONDS
mpirun.mpich -n 2 ./failing.sh train dcgan --data images --size 32 --set batch=1 --set features=4 --steps 20 --out "$work/g" > g.txt 2>&1 &&
    wrong "it ended as if it were done"
grep "error: process 1 of 0 to 1" g.txt || wrong "the process does not say what failed"
right "all ended after $((SECONDS - before)) s"

say "four processes; CycleGAN"
many 4 "${ring[@]}" --steps 100 --set batch=8 --out h > h.txt 2>&1 || wrong "four processes failed"
grep "4 processes, batch 8 each: 32 samples a step" h.txt
many 2 train cyclegan-tones --steps 4 --set checkpointEvery=2 --out i > i.txt 2>&1 || wrong "CycleGAN failed"
right "they trained"

echo
echo "All is right."
