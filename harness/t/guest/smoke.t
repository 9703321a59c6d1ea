#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The spine, in guests of both architectures: exact, resumable, content-addressed.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

check 'smoke: every cell identical twice' \
	says 0 'verify: 4 cells identical twice, 0 different' \
	"$hw" run configs/plan/smoke.yaml -o "$tmp/a" --verify
check 'a second run of the plan runs nothing' \
	says 0 '4 cells: 4 cached, 0 runs done' "$hw" run configs/plan/smoke.yaml -o "$tmp/a" --verify
check 'plan knows that nothing is to do' says 0 '4 have run \(0 not ok\), 0 to run' \
	"$hw" plan configs/plan/smoke.yaml -o "$tmp/a"

# Another directory, one at a time, other load on the machine: the same bytes.
busy() { while :; do :; done; }
busy & load=$!
check 'again elsewhere with -j 1 under load' says 0 '4 runs done' \
	"$hw" run configs/plan/smoke.yaml -o "$tmp/b" -j 1
kill $load
# shellcheck disable=SC2317 # called through check
same() {
	local f
	for f in "$tmp"/a/runs/*/1/frames "$tmp"/a/runs/*/1/console; do
		cmp "$f" "$tmp/b/${f#"$tmp/a/"}" || return 1
	done
}
check 'frames and consoles are the same bytes in both places' same
check 'ids are the same in both places' diff <(ls "$tmp/a/runs") <(ls "$tmp/b/runs")
check 'the store can be made again from the run directories' says 0 'x86_64' \
	"$hw" list -o "$tmp/a"
check 'nothing temporary is left' test -z "$(find "$tmp/a/tmp" -mindepth 1)"

# A second look, as at results of another machine.
check 'audit: all cells run again here are the same' says 0 'cells run again: 4 same, 0 different' \
	"$hw" audit -o "$tmp/b" --sample 100%
lie=$(find "$tmp/b/runs" -mindepth 1 -maxdepth 1 | sort | tail -n 1)
sed -i '3s/./#/' "$lie/1/console"
check 'audit: what is not the same is named' says 1 'differs .*console, line 3: ' \
	"$hw" audit -o "$tmp/b" --sample 100%
# A run of a machine with another QEMU: whole, and not to be had here.
sed 's/^qemu .*/qemu 99.0/' "$tmp/a/runs/$(basename "$lie")/1/cell" >"$tmp/cell"
other=$tmp/foreign/runs/$(sha256sum "$tmp/cell" | cut -d' ' -f1)
mkdir -p "$other"
cp -r "$tmp/a/runs/$(basename "$lie")/1" "$other/1"
cp "$tmp/cell" "$other/1/cell"
check 'import takes it' says 0 '1 new, 0 in place' "$hw" import "$tmp/foreign" -o "$tmp/f"
check 'import refuses a run that was tampered with' says 2 'do not have the digest of facts.json' \
	"$hw" import "$tmp/b" -o "$tmp/g"
check 'audit says in what it is another cell' says 3 "foreign .*there 'qemu 99.0', here 'qemu " \
	"$hw" audit -o "$tmp/f"
check 'import of the same runs adds nothing' says 0 '0 new, .* 4 here already|0 new, .* 8 here already' \
	"$hw" import "$tmp/a" -o "$tmp/a"
rm "$tmp/a/store.sqlite"*
check 'a store that was lost is made again' says 0 '8 finished runs were not in the store' \
	"$hw" run configs/plan/smoke.yaml -o "$tmp/a" --verify

# A run that differs by one byte: the cell fails, and the line is named.
first=$(find "$tmp/a/runs" -mindepth 1 -maxdepth 1 | sort | head -n 1)
sed -i '3s/./#/' "$first/2/console"
check 'a difference is found and named' says 1 'differs .*console, line 3: ' \
	"$hw" run configs/plan/smoke.yaml -o "$tmp/a" --verify

# The wall clock: another accelerator, another plan, never beside the first.
check 'null under both clocks' says 0 '4 runs done' "$hw" run configs/plan/null.yaml -o "$tmp/c"
check 'clocks are not compared' says 2 'clocks cannot be compared' \
	"$hw" compare clock=insn,wall -o "$tmp/c"
check 'wall figures of one run give no difference' says 0 'few runs' \
	"$hw" compare arch=i386,x86_64 --where clock=wall --all -o "$tmp/c"
finish
