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
