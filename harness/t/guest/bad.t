#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests and hosts that misbehave: each is a stored outcome with its evidence, or
# one clear message; the rest of the matrix goes on.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

plan() { printf 'name: bad\nmemory: 128M\n%s\n' "$1" >"$tmp/$2.yaml"; }

plan 'arch: [i386, x86_64]
tunables: {vm.no_such_knob: 1}
workload: {name: "null"}' sysctl
check 'an unknown sysctl fails the cell, by name' says 1 "failed .*no sysctl 'vm.no_such_knob'" \
	"$hw" run "$tmp/sysctl.yaml" -o "$tmp/r"
plan 'arch: [i386, x86_64]
tunables: {vm.swappiness: 9999}
workload: {name: "null"}' refused
check 'a value the kernel refuses fails the cell' says 1 'refuses vm.swappiness=9999: Invalid argument' \
	"$hw" run "$tmp/refused.yaml" -o "$tmp/r"
plan 'arch: [i386, x86_64]
tunables: {vm.overcommit_memory: 1}
workload: {name: fault, pages: 60000}' oom
check 'a workload that needs more memory than there is: oom' says 1 'oom .*(Out of memory|panic|oom)' \
	"$hw" run "$tmp/oom.yaml" -o "$tmp/r"
plan 'timeout: 1
workload: {name: hot-set, stream_passes: 100}
clock: insn
seeds: 2' late
check 'a guest that takes too long is stopped' says 1 'timeout .*no end within' \
	"$hw" run "$tmp/late.yaml" -o "$tmp/r"
plan 'workload:
  - {name: stress-ng, stressor: nonsense, ops: 1}
  - {name: fault, pages: 16}' tool
check 'a tool that fails is named, and the rest goes on' says 1 'ok .*fault.*|stress-ng failed with exit code' \
	"$hw" run "$tmp/tool.yaml" -o "$tmp/r"
check 'failed cells are listed as such' says 0 'failed ' "$hw" list -o "$tmp/r"
check 'and are not run again' says 1 '0 runs done' "$hw" run "$tmp/sysctl.yaml" -o "$tmp/r"
check 'unless asked' says 1 '2 runs done' "$hw" run "$tmp/sysctl.yaml" -o "$tmp/r" --retry

# A kernel that panics at boot: an init that is no program.
mkdir -p "$tmp/root/out/guest"
for d in patches configs vm-images out/plugin; do ln -s "$PWD/$d" "$tmp/root/$d"; done
for a in i386 x86_64; do echo 'not a program' >"$tmp/root/out/guest/agent-$a"; done
plan 'arch: [i386, x86_64]
workload: {name: "null"}' panic
check 'a panic at boot is a result, with its line' says 1 'panic .*(No working init|not syncing)' \
	env HIGHWATER_ROOT="$tmp/root" "$hw" run "$tmp/panic.yaml" -o "$tmp/r2"
check 'and its console is kept' says 0 'Kernel panic' \
	bash -c "'$hw' show -o '$tmp/r2' \$('$hw' list -o '$tmp/r2' | head -n 1 | cut -d' ' -f1)"

# A guest that writes garbage over the whole region.
mkdir -p "$tmp/root3/out/guest"
for d in patches configs vm-images out/plugin; do ln -s "$PWD/$d" "$tmp/root3/$d"; done
# shellcheck disable=SC2016 # for eval
check 'the scribbling agent builds' eval \
	'gcc -m32 -static -O2 -o "$tmp/root3/out/guest/agent-i386" harness/t/guest/scribbler.c &&
	 gcc -m64 -static -O2 -o "$tmp/root3/out/guest/agent-x86_64" harness/t/guest/scribbler.c'
check 'a region of garbage is a result' says 1 '2 not ok' \
	env HIGHWATER_ROOT="$tmp/root3" "$hw" run "$tmp/panic.yaml" -o "$tmp/r4"
check 'with the reason' says 0 'has overwritten the header of the region' \
	"$hw" list -o "$tmp/r4" --json

# A patch that does not apply.
mkdir -p "$tmp/root2/patches" "$tmp/root2/out"
for d in configs vm-images; do ln -s "$PWD/$d" "$tmp/root2/$d"; done
ln -s "$PWD/out/guest" "$tmp/root2/out/guest"
cp patches/BASE "$tmp/root2/patches/"
printf 'Subject: [PATCH] mm: stale\n\n---\n--- a/mm/workingset.c\n+++ b/mm/workingset.c\n@@ -1,1 +1,1 @@\n-no such line\n+other\n' \
	>"$tmp/root2/patches/0001-stale.patch"
echo 0001-stale.patch >"$tmp/root2/patches/series"
check 'a patch that does not apply is named, with the reject' \
	says 2 "patch '0001-stale.patch' does not apply" \
	env HIGHWATER_ROOT="$tmp/root2" "$hw" build series --arch i386 --kernels-only

# A kernel that does not build: the compiler's words.
mkdir -p "$tmp/root4/patches" "$tmp/root4/out"
for d in configs vm-images; do ln -s "$PWD/$d" "$tmp/root4/$d"; done
ln -s "$PWD/out/guest" "$tmp/root4/out/guest"
cp patches/BASE "$tmp/root4/patches/"
printf 'Subject: [PATCH] mm: broken\n\n---\n--- a/mm/workingset.c\n+++ b/mm/workingset.c\n@@ -1,3 +1,4 @@\n+int broken = no_such_thing;\n // SPDX-License-Identifier: GPL-2.0\n /*\n  * Workingset detection\n' \
	>"$tmp/root4/patches/0001-broken.patch"
echo 0001-broken.patch >"$tmp/root4/patches/series"
check 'a kernel that does not build: the first error lines' \
	says 2 "does not build, first errors:" \
	env HIGHWATER_ROOT="$tmp/root4" "$hw" build series --arch i386 --kernels-only
check 'which name file and cause' says 2 "workingset.c:1:.*no_such_thing" \
	env HIGHWATER_ROOT="$tmp/root4" "$hw" build series --arch i386 --kernels-only

# Two harnesses in one directory; no qemu; no space.
plan 'workload: {name: fault, pages: 17}' lock
( exec 9>"$tmp/r/lock"; flock 9; says 3 'is locked by another highwater' \
	"$hw" run "$tmp/lock.yaml" -o "$tmp/r" ) >"$tmp/log" 2>&1
check 'a results directory in use is refused' test $? -eq 0
mkdir "$tmp/bin"
for t in gcc ld git make bash sh env ccache; do ln -s "$(command -v $t)" "$tmp/bin/$t"; done
check 'no qemu: one message, exit 3' says 3 'no working QEMU; install qemu-system-x86' \
	env PATH="$tmp/bin" "$hw" run "$tmp/lock.yaml" -o "$tmp/r3"
if mkdir "$tmp/full" && mount -t tmpfs -o size=4M none "$tmp/full" 2>/dev/null; then
	check 'no space for a region: one message, exit 3' says 3 'No space left on device' \
		"$hw" run "$tmp/lock.yaml" -o "$tmp/full/r"
	umount "$tmp/full"
fi
finish
