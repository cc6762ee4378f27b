#!/usr/bin/env bash
# A sweep on a real Slurm of one node, as root: an array of 2 settings x 4 seeds, with a task that is told to end by the time limit's signal
# and queued again, one whose process is killed, one that fails, and a run that two processes begin at once. Takes some minutes; ends with 1
# at the first wrong thing. Configuration, state and daemons are gone afterwards; slurm-wlm and munge, installed where they were missing, stay.
#
#   dotnet build -c Release src/ResearchKit.Cli && tests/ResearchKit.Benchmarks/slurm.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
kit="dotnet $root/artifacts/bin/ResearchKit.Cli/release/ResearchKit.Cli.dll"
work=$(mktemp -d -t slurm-XXXXXX)
host=$(hostname -s)
chmod 755 "$work"

say() { printf '\n== %s\n' "$*"; }
wrong() { echo "WRONG: $*" >&2; exit 1; }
right() { echo "right: $*"; }

clean() {
    code=$?
    if [ $code -ne 0 ]; then
        tail -n 5 "$work"/*.log "$work"/sweep/*.out 2>/dev/null || true
    fi
    scancel --user root >/dev/null 2>&1 || true
    for name in slurmd slurmctld munged; do
        if [ -s "$work/$name.pid" ]; then
            pid=$(cat "$work/$name.pid")
            kill "$pid" 2>/dev/null || true
            for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
            kill -KILL "$pid" 2>/dev/null || true
        fi
    done
    rm -rf "$work"
    exit $code
}
trap clean EXIT

say "Slurm on $host"
[ "$(id -u)" = 0 ] || wrong "this starts daemons: run it as root"
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    apt-get install -y --no-install-recommends slurm-wlm munge >"$work/apt.log" 2>&1 || wrong "apt-get install slurm-wlm munge failed"
fi
export SLURM_CONF=$work/slurm.conf
install -d -o munge -g munge -m 755 "$work/munge"
head -c 1024 /dev/urandom > "$work/munge/key"
chown munge "$work/munge/key" && chmod 400 "$work/munge/key"
cat > "$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=10
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
SchedulerParameters=sched_interval=2,batch_sched_delay=0
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES State=UP MaxTime=INFINITE
CONF
mkdir "$work/state" "$work/spool"
runuser -u munge -- munged --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed" --force
for _ in $(seq 50); do [ -s "$work/munge/pid" ] && break; sleep 0.1; done
cp "$work/munge/pid" "$work/munged.pid"
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF" -N "$host"
for _ in $(seq 100); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.3; done
sinfo | tee "$work/sinfo"
grep -q idle "$work/sinfo" || wrong "the node is not idle"

# Runs long enough to be met while they run; no checkpoint of its own accord, so that one is the signal's.
cd "$work"
grid=(sweep ring8 --seeds 0..3 --set r1=0.01,1 --set features=16 --set checkpointEvery=100000 --set logEvery=100 --set scoreEvery=1500
    --steps 12000)
status() { $kit "${grid[@]}" --out sweep --status > status.txt; cat status.txt; }
state() { awk -v line="$1" '$1 == line && NF > 2 { print $2; exit }' <(tail -n +2 status.txt); }
expect() { [ "$(state "$1")" = "$2" ] || wrong "run $1 is $(state "$1"), not $2"; right "run $1 is $2"; }
told() { grep -q "^$1 .*$2" status.txt || wrong "of run $1 is not told: $2"; right "of run $1 is told: $2"; }
until_true() { # SECONDS COMMAND...
    local end=$((SECONDS + $1)); shift
    until "$@"; do [ $SECONDS -lt "$end" ] || return 1; sleep 0.3; done
}
in_file() { grep -q "$1" "$2" 2>/dev/null; }
task() { scontrol show job "${job}_$1" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p" | head -1; }
is() { [ "$(task "$1" "$2")" = "$3" ]; }
ended() { ! squeue -h -r -j "$1" 2>/dev/null | grep -q .; }
folder() { echo "sweep/r1=$1/seed-$2"; }

say "what would be submitted"
$kit "${grid[@]}" --out sweep --slurm --dry-run --time 10 --jobs 2
[ ! -e sweep ] || wrong "--dry-run wrote a folder"
status
[ "$(head -1 status.txt)" = "8 runs: 8 waiting" ] || wrong "not all runs wait"
right "nothing is written, and 8 runs wait"

say "the array, two tasks at a time; run 4 will fail, for a folder has its log's name"
mkdir -p "$(folder 1 1)/log.jsonl"
$kit "${grid[@]}" --out sweep --slurm --jobs 2 --time 10 --mem 100 --cpus 1 | tee submitted.txt
job=$(awk '/Submitted/ { print $4 }' submitted.txt)

say "task 1 while it runs"
until_true 90 test -s "$(folder 0.01 0)/log.jsonl" || wrong "run 1 did not begin"
status
expect 1 running
told 1 "step [0-9]* of 12000, on $(hostname) since .* Slurm job ${job}_1)"

say "a second process of run 1, in an array of its own"
second=$(sbatch --parsable --array=1 sweep/slurm.sh)
until_true 90 in_file "left to the process that trains it" "sweep/slurm-${second}_1.out" || wrong "the second process did not give way"
until_true 30 ended "$second" || wrong "the second array does not end"
scontrol show job "${second}_1" | grep -q "JobState=COMPLETED" || wrong "the second task is not COMPLETED"
grep "is being trained by another process" "sweep/slurm-${second}_1.out"
right "it gave way, and its task is COMPLETED"

say "task 1: USR1, as before the time limit"
scancel --batch --signal=USR1 "${job}_1" & # it tries again as long as the task is on its way back into the queue
until_true 90 in_file "interrupted after step" "sweep/slurm-${job}_1.out" || wrong "run 1 did not say that it was interrupted"
until_true 90 is 1 Restarts 1 || wrong "task 1 was not queued again"
right "task 1: $(grep -o 'interrupted after step [0-9]*: a checkpoint is written' "sweep/slurm-${job}_1.out"); it is queued again"

say "task 3: its process is killed, as when it has no memory; and queued again"
until_true 120 test -s "$(folder 0.01 1)/log.jsonl" || wrong "run 3 did not begin"
kill -KILL "$(sed -n 's/.*"process":\([0-9]*\).*/\1/p' "$(folder 0.01 1)/running.json")" || wrong "run 3 cannot be killed"
until_true 60 is 3 JobState FAILED || wrong "task 3 is $(task 3 JobState)"
status
expect 3 failed
told 3 "no checkpoint yet: the run ended with exit code 137"
scontrol requeue "${job}_3"

say "all tasks to their end"
until_true 420 ended "$job" || wrong "the array does not end"
status
for run in 1 2 3 5 6 7 8; do expect $run "done"; done
expect 4 failed
told 4 "log.jsonl: the log cannot be written"
in_file "resumed after step" "sweep/slurm-${job}_1.out" || wrong "run 1 was not resumed"
right "run 1 was resumed after its checkpoint"

say "the failed run repaired, the same command again: one task is left"
rm -r "$(folder 1 1)"
$kit "${grid[@]}" --out sweep --slurm --time 10 --mem 100 | tee submitted.txt
grep -q '^#SBATCH --array=4$' sweep/slurm.sh || wrong "the array is not run 4 alone"
job=$(awk '/Submitted/ { print $4 }' submitted.txt)
until_true 120 ended "$job" || wrong "the array does not end"
status
[ "$(head -1 status.txt)" = "8 runs: 8 done" ] || wrong "not all runs are done"
right "8 runs are done"

say "two processes begin one run at once"
line=$(sed -n 1p sweep/runs.txt | sed "s|--out [^ ]*|--out $work/one|")
bash -c "$line" > one.txt 2>&1 & first=$!
bash -c "$line" > two.txt 2>&1 & other=$!
a=0 b=0
wait $first || a=$?
wait $other || b=$?
[ "$(printf '%s\n' $a $b | sort -n | tr '\n' ' ')" = "0 75 " ] || { cat one.txt two.txt; wrong "the exit codes are $a and $b"; }
grep -h "is being trained by another process on" one.txt two.txt || wrong "the second one did not say why"
cmp one/log.jsonl "$(folder 0.01 0)/log.jsonl" || wrong "the log is not that of one process"
right "one trained, the other ended with 75; the log is that of one"

say "the table"
$kit "${grid[@]}" --out sweep --collect > collected.md
$kit "${grid[@]}" --out plain --jobs 2 > plain.md 2> plain.txt || { tail plain.txt; wrong "the plain sweep failed"; }
cat collected.md
for file in results.csv results.md; do
    cmp "sweep/$file" "plain/$file" || wrong "$file is not that of a plain sweep"
    right "$file is that of a plain sweep, byte for byte ($(wc -c < "plain/$file") bytes)"
done
cmp "sweep/r1=0.01/seed-0/generator.safetensors" "plain/r1=0.01/seed-0/generator.safetensors" || wrong "the resumed run's generator differs"
cmp "sweep/r1=0.01/seed-1/generator.safetensors" "plain/r1=0.01/seed-1/generator.safetensors" || wrong "the killed run's generator differs"
right "the generators of the interrupted and of the killed run are those of runs at one go"

say "the time limit itself: one minute, told 30 seconds before, and a run that takes longer; then scancel"
long=(sweep ring8 --seeds 0 --set features=16 --set checkpointEvery=1000000 --set logEvery=100 --set scoreEvery=100000 --steps 100000)
$kit "${long[@]}" --out long --slurm --time 1 --sbatch=--signal=B:USR1@30 | tee submitted.txt
job=$(awk '/Submitted/ { print $4 }' submitted.txt)
until_true 150 in_file "DUE TO JOB REQUEUE" "long/slurm-${job}_1.out" || wrong "Slurm did not tell the run before its limit"
scontrol update JobId="${job}_1" TimeLimit=10 # so that the rest has time
$kit "${long[@]}" --out long --status | tee status.txt
expect 1 begun
told 1 "checkpoint at step [0-9]* of 100000$"
until_true 150 in_file "resumed after step" "long/slurm-${job}_1.out" || wrong "the run did not go on"
right "$(grep -o 'interrupted after step [0-9]*: a checkpoint is written' "long/slurm-${job}_1.out" | head -1), and it goes on"
log=long/ring8/seed-0/log.jsonl
grown() { [ "$(wc -l < $log)" -gt "$1" ]; }
until_true 60 grown $(($(wc -l < $log) + 2)) || wrong "the run does not get on"
scancel "$job"
until_true 60 ended "$job" || wrong "the array does not end"
cancelled='/CANCELLED AT [^ ]* \*\*\*/ { over = 1 } over && /interrupted after step/ { right = 1 } END { exit !right }'
awk "$cancelled" "long/slurm-${job}_1.out" || { cat "long/slurm-${job}_1.out"; wrong "scancel did not make the run write its checkpoint"; }
right "after scancel it wrote its checkpoint"
until_true 5 is 1 JobState PENDING && wrong "a task that was cancelled came back"
$kit "${long[@]}" --out long --status | tee status.txt
expect 1 begun

say "statistics in three shards, as an array"
set=(stats digits:test --network digits-28)
sbatch --wait --array=1-3 --output=shard-%a.out --wrap "$kit ${set[*]} --shard \$SLURM_ARRAY_TASK_ID/3 --out \$SLURM_ARRAY_TASK_ID.npz" ||
    { cat shard-*.out; wrong "the shards failed"; }
$kit stats merge 1.npz 2.npz 3.npz --out a.npz
$kit stats merge 3.npz 1.npz 2.npz --out b.npz
$kit "${set[@]}" --out whole.npz 2> /dev/null
cmp a.npz b.npz || wrong "the order of the files changes the bits"
{ $kit stats merge 1.npz 3.npz --out c.npz 2>&1 || true; } | grep "of 3 shards there are 2; give also 2/3" || wrong "a missing shard is not told"
right "the merged statistics are the same in two orders"

echo
echo "All is right."
