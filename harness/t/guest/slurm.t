#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A plan as job arrays of a real Slurm: munge, slurmctld and three slurmd on
# loopback, each node in a PID namespace of its own, so that killing it kills
# all that it runs. The harness is killed in the middle, a node is killed in the
# middle, a result is damaged on its way: every run arrives, once, and is what
# guests on this host give.
# shellcheck disable=SC2317 # functions are called through check
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
port=$((20000 + $$ % 20000))
export SLURM_CONF=$tmp/slurm.conf
declare -A node

down() {
	local n
	for n in "${!node[@]}"; do kill -9 "${node[$n]}" 2>/dev/null; done
	for n in slurmctld munge/munged; do [ -s "$tmp/$n.pid" ] && kill "$(cat "$tmp/$n.pid")"; done
	wait
	rm -rf "$tmp"
}
trap down EXIT

start_node() {
	unshare --pid --fork --mount-proc --kill-child slurmd -D -f "$SLURM_CONF" -N "$1" \
		>"$tmp/$1.log" 2>&1 &
	node[$1]=$!
}

# The service files of a cluster, and its daemons.
up() {
	mkdir -p "$tmp/state" "$tmp/munge"
	chmod 755 "$tmp"
	chmod 700 "$tmp/munge"
	(umask 377 && head -c 1024 /dev/urandom >"$tmp/munge/key")
	munged --force --key-file="$tmp/munge/key" --socket="$tmp/munge/socket" \
		--pid-file="$tmp/munge/munged.pid" --log-file="$tmp/munge/log" \
		--seed-file="$tmp/munge/seed" || return 1
	cat >"$SLURM_CONF" <<-END
		ClusterName=highwater
		SlurmctldHost=localhost(127.0.0.1)
		SlurmctldPort=$port
		SlurmUser=root
		SlurmdUser=root
		AuthInfo=socket=$tmp/munge/socket,cred_expire=5
		MpiDefault=none
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		ReturnToService=2
		StateSaveLocation=$tmp/state
		SlurmdSpoolDir=$tmp/spool-%n
		SlurmctldPidFile=$tmp/slurmctld.pid
		SlurmdPidFile=$tmp/%n.pid
		SlurmctldLogFile=$tmp/slurmctld.log
		SlurmdTimeout=6
		KillWait=2
		SchedulerParameters=sched_interval=1,batch_sched_delay=0
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core_Memory
		SlurmdParameters=config_overrides
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		$(for i in 1 2 3; do
			echo "NodeName=n$i NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=1 RealMemory=2000"
		done)
		PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
	slurmctld -f "$SLURM_CONF" >/dev/null 2>&1 || return 1
	for n in n1 n2 n3; do start_node "$n"; done
	for _ in $(seq 60); do
		[ "$(sinfo -h -o %D -t idle 2>/dev/null)" = 3 ] && return 0
		sleep 0.5
	done
	return 1
}

# until_true SECONDS COMMAND...
until_true() {
	local i n=$(($1 * 5))
	shift
	for ((i = 0; i < n; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	return 1
}
running() { squeue -h -t running -o %N | grep -q "${1-.}"; }
none_left() { [ -z "$(squeue -h)" ]; }

cat >"$tmp/plan.yaml" <<'END'
name: cluster
kernel: series
arch: [i386, x86_64]
memory: 256M
seeds: 3
workload: {name: fault, pages: 40000}
END

up # not in check's subshell: it starts the nodes
check 'a cluster of three nodes is up' test $? -eq 0
check 'guests on this host, for reference' says 0 '6 runs done' \
	"$hw" run "$tmp/plan.yaml" -o "$tmp/ref"

# The harness dies once jobs run; the next one takes its jobs over.
"$hw" run "$tmp/plan.yaml" -o "$tmp/a" --slurm >"$tmp/first.log" 2>&1 &
first=$!
check 'jobs are running' until_true 30 running
kill -9 $first
wait $first 2>/dev/null
"$hw" run "$tmp/plan.yaml" -o "$tmp/a" --slurm >"$tmp/second.log" 2>&1 &
second=$!
check 'the first node runs something' until_true 30 running n1
kill -9 "${node[n1]}"
wait $second
check 'every cell has a result although a node died' test $? -eq 0
check 'the jobs of the dead harness were taken over, not submitted again' \
	test -z "$(grep submitted "$tmp/second.log")"
check 'nothing is left in the queue' until_true 20 none_left
check 'nor on disk' test -z "$(ls -A "$tmp/a/slurm")"

same() {
	local f nr=0
	for f in "$tmp"/ref/runs/*/1/frames "$tmp"/ref/runs/*/1/console; do
		cmp "$f" "$tmp/a/${f#"$tmp/ref/"}" || return 1
		nr=$((nr + 1))
	done
	[ "$nr" -eq 12 ]
}
check 'frames and consoles are those of guests on this host' same
check 'a second run has nothing to do' says 0 '6 cells: 6 cached, 0 runs done' \
	"$hw" run "$tmp/plan.yaml" -o "$tmp/a" --slurm

# Ctrl-C gives the jobs back to the cluster's queue: none goes on.
"$hw" run "$tmp/plan.yaml" -o "$tmp/b" --slurm >"$tmp/b.log" 2>&1 &
third=$!
check 'jobs are running again' until_true 30 running
kill -INT $third
wait $third
check 'an interrupted harness cancels its jobs' until_true 20 none_left

# A cell that fails is a result; a node without what is needed is not.
printf 'name: bad\narch: i386\nmemory: 128M\ntunables: {vm.no_such_knob: 1}\nworkload: {name: "null"}\n' \
	>"$tmp/bad.yaml"
check 'a cell that fails on a node is a result, with its reason' \
	says 1 "failed .*no sysctl 'vm.no_such_knob'" \
	"$hw" run "$tmp/bad.yaml" -o "$tmp/c" --slurm
check 'no Slurm: one message, exit 3' says 3 "slurm: .*squeue|slurm: .*sbatch" \
	env SLURM_CONF=/nonexistent "$hw" run "$tmp/plan.yaml" -o "$tmp/d" --slurm
finish
