#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The report in a real browser (harness/t/browser/check.mjs): of guests with samples and
# swap, and of a synthetic store of 5 000 runs, every console a click away, in less than
# 15 MB. SHOTS=DIR keeps pictures.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
modules=$PWD/out/npm/node_modules

# shellcheck disable=SC2317 # called through check
browse() { RUNS=$2 node harness/t/browser/check.mjs "$modules" "$1" ${SHOTS:+"$SHOTS/$(basename "$1" .html)"}; }
# shellcheck disable=SC2317
smaller() {
	stat -c '%s bytes' "$1"
	[ "$(stat -c %s "$1")" -lt "$2" ]
}

cat >"$tmp/p.yaml" <<'PLAN'
name: swept
kernel: [base, series]
arch: i386
memory: 128M
sample: 10ms
tunables: {vm.swappiness: [10, 60, 200], vm.watermark_scale_factor: [10, 500]}
workload: {name: hot-set, hot: 24M, stream: 100M, stream_passes: 2}
statement: A stream larger than memory is read twice.
verdict:
  - claim: it comes back
    check: "{refaults stream2} > 1000"
PLAN
check 'guests under pressure' says 0 '12 run' "$hw" run "$tmp/p.yaml" -o "$tmp/r" -j 2
cat >"$tmp/q.yaml" <<'PLAN'
name: pictures
kernel: [base, series]
arch: i386
memory: 1G
workload:
  - {name: layout}
  - {name: fault, pages: 1000}
PLAN
check 'address spaces, and something to profile' says 0 '4 run' "$hw" run "$tmp/q.yaml" -o "$tmp/r" -j 2
for k in base series; do
	id=$("$hw" list -o "$tmp/r" --where workload=fault --where kernel=$k | cut -d' ' -f1)
	check "$k: a profile" says 0 'instructions in the workload' "$hw" profile "$id" -r "$tmp/r"
done
check 'a report of them' "$hw" report -r "$tmp/r" -o "$tmp/small.html"
check 'it opens, every control works, nothing is inaccessible' browse "$tmp/small.html" "$tmp/r/runs"
check 'the verdict comes first' bash -c "grep -o '<h2>[A-Z][a-z]*' '$tmp/small.html' | head -n 1 | grep -q Verdicts"
check 'the configuration of the kernel is in it' grep -q 'CONFIG_HIGHMEM' "$tmp/small.html"

check 'maps, flame graphs and what differs between them are in it' bash -c "
	[ \$(grep -c 'alt=.address spaces' '$tmp/small.html') -eq 2 ] &&
	[ \$(grep -c 'title=.flame graph' '$tmp/small.html') -eq 2 ] &&
	grep -q 'difference, function by function' '$tmp/small.html'"

check '5 000 runs' out/tool/synth "$tmp/s" 5000 20 12000
check 'their report' "$hw" report -r "$tmp/s" -o "$tmp/large.html"
check 'is smaller than 15 MB' smaller "$tmp/large.html" 15000000
check 'leaves no run out' bash -c "! grep -q 'Left out to keep the page small: highwater show' '$tmp/large.html'"
check 'opens, every control works' browse "$tmp/large.html" "$tmp/s/runs"
finish
