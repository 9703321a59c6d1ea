#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cost, bisect: instructions planted on one path of one architecture are found there, to
# the single one, and nowhere else. diverge: two runs part where they were made to.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
three=harness/t/guest/planted/three.mbox sixteen=harness/t/guest/planted/sixteen.mbox

# added JSON: "PATCH ARCH PATH K" for all that is exact and not 0
# shellcheck disable=SC2317 # called through check
added() {
	jq -r '.steps | to_entries[] | select(.key > 0) | .key as $n | .value | ("i386", "x86_64") as $a |
		.[$a].off | to_entries[] | select(.value.exact and .value.added != 0) |
		"\($n) \($a) \(.key) \(.value.added)"' "$1"
}
# shellcheck disable=SC2317 # called through check
planted() {
	diff <(printf '%s\n' '1 i386 kmap_local 1' '2 x86_64 writeback 3' '3 i386 fault 10') \
		<(added "$tmp/three.json" | grep -v ' exec ')
}
# exec takes faults: some times what was planted there, and nothing of the others. A few
# instructions of it come and go with the kernel's layout.
# shellcheck disable=SC2317
in_exec() {
	added "$tmp/three.json" | grep ' exec '
	[ "$(added "$tmp/three.json" | grep ' exec ' | sed 's/[5-9][0-9]$/N/')" = '3 i386 exec N' ]
}
check 'three patches, two architectures' says 0 '' \
	bash -c "'$hw' cost $three -o '$tmp/r' --json >'$tmp/three.json' 2>'$tmp/log'"
check '1, 3 and 10 instructions, each where it was planted, and 0 elsewhere' planted
check 'some faults of 10 more in exec' in_exec
check 'at least 14 paths have an exact number on each' \
	is "$(jq '[.steps[0] | (.i386, .x86_64) | .off[] | select(.exact)] | length' "$tmp/three.json")" -ge 28
check 'sizes of the sections' \
	is "$(jq '.steps[0].x86_64.size.text' "$tmp/three.json")" -gt 1000000
check 'a second time nothing runs' says 0 '8 cells: 8 cached, 0 runs done' "$hw" cost $three -o "$tmp/r"
check 'as a table' says 0 '^   2 +\. +\. +\. +\+3 ' "$hw" cost $three -o "$tmp/r"
echo '* * off * =0' >"$tmp/nothing"
check 'a budget of nothing is broken' says 1 'writeback: \+3 instructions, exactly \+0 allowed' \
	"$hw" cost $three -o "$tmp/r" --budget "$tmp/nothing" -f ktap
printf '%s\n' '* * off * =0' '1 i386 off kmap_local +1' '2 x86_64 off writeback =3' '* i386 off fault +10' '3 i386 off exec +90' >"$tmp/right"
check 'the right one is kept' says 0 '^ok 4 all patches' \
	"$hw" cost $three -o "$tmp/r" --budget "$tmp/right" -f ktap
echo '* * off flaut =0' >"$tmp/typo"
check 'a path that does not exist' says 2 "there is no path 'flaut'" "$hw" cost $three -o "$tmp/r" --budget "$tmp/typo"

# The ends are believed: the threshold is what the base has.
base=$(jq '.steps[0].i386.off.kmap_local.insns' "$tmp/three.json")
check 'which of sixteen patches' says 0 '' bash -c "'$hw' bisect path.insns kmap_local --good 0 --bad 16 \
	--series $sixteen --threshold $base -o '$tmp/r' --json >'$tmp/b.json'"
check 'the eleventh' is "$(jq -r '.bad' "$tmp/b.json")" = series@11
check 'in ceil(log2 16) looks' is "$(jq .looks "$tmp/b.json")" -eq 4
check 'and at most as many runs: patches to documentation leave the image as it is' \
	is "$(jq .runs "$tmp/b.json")" -le 4
check 'which adds 3' is "$(jq '.bad_value - .good_value' "$tmp/b.json")" -eq 3
check 'again, nothing runs, and where they go' says 0 '[+]1920 .*process_vm_rw' \
	bash -c "'$hw' bisect path.insns kmap_local --good 0 --bad 16 --series $sixteen --threshold $base -o '$tmp/r' |
		tee '$tmp/b.txt'"
check '3 instructions of 640 operations, in one function and no other' \
	grep -q 'B - A: +1920 instructions .* in 1 functions' "$tmp/b.txt"
check 'the runs were there' grep -q ' 0 runs were made' "$tmp/b.txt"
check 'a threshold outside the ends' says 2 'does not lie between the ends' \
	"$hw" bisect path.insns kmap_local --good 10 --bad 11 --series $sixteen --threshold 1 -o "$tmp/r"

printf '%s\n' 'name: part
arch: i386
kernel: base
memory: 256M
workload:
  - {name: fault, pages: [1024, 2048]}' >"$tmp/p.yaml"
check 'two cells' says 0 '2 runs done' "$hw" run "$tmp/p.yaml" -o "$tmp/r"
few=$("$hw" list -o "$tmp/r" --where pages=1024 | cut -d' ' -f1)
many=$("$hw" list -o "$tmp/r" --where pages=2048 | cut -d' ' -f1)
check 'another size, another place for the page table' says 1 'after [0-9]+ events of [0-9]+ kinds.* they part' \
	"$hw" diverge "$few" "$many" -r "$tmp/r"
check 'another kernel, the same decisions' says 0 'events of [0-9]+ kinds, alike on both sides' \
	"$hw" diverge "$few" kernel=series -r "$tmp/r"
sed -e 's/part/wall/' -e '2i clock: wall' -e 's/, 2048//' "$tmp/p.yaml" >"$tmp/w.yaml"
check 'a cell of the wall clock' says 0 '1 runs done' "$hw" run "$tmp/w.yaml" -o "$tmp/r"
w=$("$hw" list -o "$tmp/r" --where clock=wall | cut -d' ' -f1)
check 'diverge refuses it' says 2 'exact tools need clock: insn' "$hw" diverge "$w" kernel=series -r "$tmp/r"
check 'bisect refuses it' says 2 'exact tools need clock: insn' \
	"$hw" bisect insns --cell "$w" --good 0 --bad 1 -o "$tmp/r"
finish
