#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing is lost and nothing half-done is taken for whole, whenever the harness
# dies: at calls that change the disk (killed before, killed after, power cut),
# at random moments, and when the disk is full or fails. Guests are played by
# t/fault/fakeqemu, so that hundreds of runs take seconds; that real guests are
# killed with the harness is tested last.
#
# CRASH_STEP=1 tries every call, CRASH_RANDOM=N as many random kills (make crash).
# shellcheck disable=SC2317 # functions are called through check
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
# Memory is as good as a disk here, the injector decides what survives.
tmp=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$tmp"' EXIT
step=${CRASH_STEP:-25}
kills=${CRASH_RANDOM:-40}

mkdir "$tmp/bin"
gcc -O1 -Wall -D_GNU_SOURCE -Iharness -o "$tmp/bin/qemu-system-i386" harness/t/fault/fakeqemu.c \
	harness/proto/frame.c || exit 2
ln -s qemu-system-i386 "$tmp/bin/qemu-system-x86_64"
gcc -O1 -Wall -D_GNU_SOURCE -shared -fPIC -o "$tmp/shim.so" harness/t/fault/shim.c || exit 2
export PATH=$tmp/bin:$PATH FAKE_MS=0
printf 'name: crash\nkernel: series\narch: i386\nmemory: 64M\nseeds: 4\nworkload: {name: "null"}\n' \
	>"$tmp/p.yaml"

run() { "$hw" run "$tmp/p.yaml" --verify -j 2 "$@"; }
# Runs under the injector: the exit code is the harness's.
faulty() { # AT HOW DIR
	LD_PRELOAD=$tmp/shim.so FAULT_AT=$1 FAULT_DO=$2 "$hw" run "$tmp/p.yaml" --verify -j 1 -o "$3"
}
runs_in() { find "$1/runs" -mindepth 2 -maxdepth 2 -type d 2>/dev/null | wc -l; }

check 'the reference' says 0 '4 cells identical twice, 0 different' run -o "$tmp/ref"
LD_PRELOAD=$tmp/shim.so FAULT_LOG=$tmp/points "$hw" run "$tmp/p.yaml" --verify -j 1 -o "$tmp/all" >/dev/null 2>&1
points=$(cat "$tmp/points")
check "a run changes the disk often ($points times)" test "$points" -gt 100

# whole DIR: going on where it stopped gives all that the reference has, runs
# again nothing that was finished, and leaves nothing behind.
whole() {
	local dir=$1 had out f
	had=$(runs_in "$dir")
	out=$(run -o "$dir" 2>&1) || { echo "$out"; return 1; }
	grep -q "4 cells identical twice, 0 different" <<<"$out" || { echo "$out"; return 1; }
	grep -q ", $((8 - had)) runs done" <<<"$out" || { echo "$had runs were finished: $out"; return 1; }
	grep -q damaged <<<"$out" && { echo "$out"; return 1; }
	for f in "$tmp"/ref/runs/*/*/frames "$tmp"/ref/runs/*/*/cell; do
		cmp "$f" "$dir/${f#"$tmp/ref/"}" || return 1
	done
	[ -z "$(ls -A "$dir/tmp")" ] || { ls "$dir/tmp"; return 1; }
	[ "$("$hw" list -o "$dir" | grep -c 'identical twice')" -eq 4 ]
}

# every_call HOW: at each step-th call, fault, then go on
every_call() {
	local k code
	for ((k = 1 + RANDOM % step; k <= points; k += step)); do
		rm -rf "$tmp/d"
		faulty "$k" "$1" "$tmp/d" >"$tmp/out" 2>&1
		code=$?
		case $1 in
		kill | after | cut)
			[ "$code" -eq 137 ] || { echo "call $k: not killed ($code)"; return 1; } ;;
		*)
			# All went well in spite of it, or one clear message.
			if [ "$code" -ne 0 ] && ! { [ "$code" -eq 3 ] && grep -q '^error: ' "$tmp/out"; }; then
				echo "call $k: exit code $code"; cat "$tmp/out"; return 1
			fi ;;
		esac
		whole "$tmp/d" || { echo "at call $k of $points ($1)"; return 1; }
	done
}
check "killed before a call, every $step of $points" every_call kill
check "killed after a call, every $step of $points" every_call after
check "power cut at a call, every $step of $points" every_call cut
bites() {
	rm -rf "$tmp/d"
	FAULT_NOSYNC=1 faulty $((points - 1)) cut "$tmp/d" >/dev/null 2>&1
	! whole "$tmp/d"
}
check 'a power cut would be noticed if nothing was flushed' bites
check "the disk is full from a call on, every $step of $points" every_call ENOSPC
check "the disk fails from a call on, every $step of $points" every_call EIO

random_kills() {
	local i pid
	for ((i = 0; i < kills; i++)); do
		rm -rf "$tmp/d"
		FAKE_MS=$((RANDOM % 20)) "$hw" run "$tmp/p.yaml" --verify -j 2 -o "$tmp/d" \
			>/dev/null 2>&1 &
		pid=$!
		sleep "0.$(printf '%03d' $((RANDOM % 250)))"
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		whole "$tmp/d" || { echo "random kill $i"; return 1; }
	done
}
check "$kills kills at random moments" random_kills

# Guests that misbehave, each in every way: a stored outcome with its reason.
misbehaves() { # MODE STATUS PATTERN
	rm -rf "$tmp/m"
	FAKE_MODE=$1 says 1 "^$2 .*($3)" "$hw" run "$tmp/p.yaml" -o "$tmp/m" || return 1
	[ "$("$hw" list -o "$tmp/m" | grep -c " $2 ")" -eq 4 ]
}
sed -i 's/^seeds/timeout: 1\nseeds/' "$tmp/p.yaml"
check 'QEMU that dies at start' misbehaves die died 'cannot set up guest memory'
check 'a guest that says nothing' misbehaves silent garbage 'never took the job'
check 'a guest that never ends' misbehaves hang timeout 'no end within 1 s'
check 'a guest that babbles is stopped' misbehaves babble died 'File size limit exceeded'
check 'a guest that stops within a frame' misbehaves half garbage 'frame|frames'
check 'a guest that overwrites the header' misbehaves header garbage 'header of the region'
check 'a guest that counts beyond the region' misbehaves wander garbage 'region|frames'
check 'a guest that lies' misbehaves lie garbage 'many'
check 'QEMU that is killed' misbehaves abort died 'signal 6 .Aborted.'

# Hosts that misbehave.
orphans() { pgrep -f "^qemu-system-[a-z0-9_]* .*path=$tmp/" ; }
no_orphans() {
	for _ in $(seq 50); do
		orphans >/dev/null || return 0
		sleep 0.1
	done
	orphans
	return 1
}
start_hanging() {
	rm -rf "$tmp/h"
	FAKE_MODE=hang "$hw" run "$tmp/long.yaml" -o "$tmp/h" >"$tmp/h.log" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		orphans >/dev/null && return 0
		sleep 0.1
	done
	return 1
}
sed 's/^timeout.*/timeout: 500/' "$tmp/p.yaml" >"$tmp/long.yaml"
start_hanging
kill -9 "$pid"
check 'guests run, and end with a harness that is killed' no_orphans
wait "$pid" 2>/dev/null
start_hanging
kill -INT "$pid"; kill -INT "$pid" 2>/dev/null
wait "$pid"
code=$?
check "Ctrl-C twice: exit code 1 or the signal ($code)" \
	test "$code" -eq 1 -o "$code" -eq 130
check 'and the guests end' no_orphans
check 'and the directory is fit for the next run' says 0 '8 runs done' run -o "$tmp/h"
mkdir "$tmp/ro"
if mount -t tmpfs -o ro none "$tmp/ro" 2>/dev/null; then
	check 'a read-only place for results: one message, exit 3' \
		says 3 "^error: cannot create .*Read-only file system" run -o "$tmp/ro/r"
	umount "$tmp/ro"
fi
check 'results that are a file: one message' says 3 '^error: ' run -o "$tmp/p.yaml"
# QEMU of a version too old is named, with what is needed.
mkdir "$tmp/old"
printf '#!/bin/sh\necho "QEMU emulator version 5.2.0"\n' >"$tmp/old/qemu-system-i386"
chmod +x "$tmp/old/qemu-system-i386"
check 'a QEMU that is too old' says 3 'is version 5.2.0.*7.2 or newer is needed' \
	env PATH="$tmp/old:$PATH" "$hw" run "$tmp/p.yaml" -o "$tmp/o"
finish
