#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The series' own tests, in guests of both architectures: the KUnit suites, the
# selftest, data that must survive while vm.swap_zero_detect is switched under load, and
# events which must count what /proc/vmstat counts.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/plan.yaml" <<'PLAN'
name: kernel-tests
arch: [i386, x86_64]
memory: 128M
clock: insn
workload:
  - {name: kunit, kernel: series+kunit}
  - {name: kselftest, kernel: series, swap: {backing: ram, size: 24M}}
  - {name: pressure, kernel: series, memory: 160M, anon: 100M, ops: 2048, flips: yes, swap: {backing: ram, size: 48M}}
  - {name: pressure, kernel: series, memory: 160M, anon: 100M, ops: 2049, swap: {backing: ram, size: 48M}, events: [reclaim-hist, swap-hist]}
PLAN
check 'every suite, test and page of data is good' says 0 '10 runs done' \
	"$hw" run "$tmp/plan.yaml" -o "$tmp/r"

get() { figure "$tmp/r" "$@"; }
# counted ARCH EVENTS PATTERN: the sum of the figures whose "NAME LABEL" fits
counted() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where events="$2" | cut -d' ' -f1)
	"$hw" show "$id" -o "$tmp/r" | awk -v p="^($3)" '$0 ~ p { n += $(NF - 1) } END { print n + 0 }'
}
# flipped ARCH METRIC: of the run that switched
flipped() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where flips=yes | cut -d' ' -f1)
	"$hw" show "$id" -o "$tmp/r" | awk -v m="$2" '$1 == m { print $2; exit }'
}
# The largest mean of pages that kswapd's passes of one priority scanned.
largest_pass() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where events=reclaim-hist | cut -d' ' -f1)
	"$hw" show "$id" -o "$tmp/r" | awk '
		$1 == "hist.vmscan:mm_vmscan_kswapd_pass" { n[$2] = $3 }
		$1 == "hist.vmscan:mm_vmscan_kswapd_pass.nr_scanned" { sum[$2] = $3 }
		END { for (p in n) if (sum[p] / n[p] > most) most = sum[p] / n[p]; print int(most) }'
}
# Two counts of the same, A and B, but for one pass of at most MOST, and not of nothing.
# shellcheck disable=SC2317 # called through check
near() {
	local off=$(($1 - $2))
	echo "$*"
	[ "$2" -gt 10000 ] && [ "$3" -gt 0 ] && [ $((5 * $3)) -lt "$2" ] && [ "${off#-}" -le "$3" ]
}
for a in i386 x86_64; do
	check "$a: KUnit has run reclaim, workingset, writeback and the page allocator" \
		is "$(get $a series+kunit kunit kunit.suites)" -ge 4
	for suite in mm_vmscan:7 mm_workingset:3 mm_page_writeback:2 page_alloc:6; do
		check "$a: suite ${suite%:*}: all of its tests" \
			is "$(get $a series+kunit kunit tap.pass ${suite%:*})" -eq "${suite#*:}"
	done
	check "$a: the selftest: no test fails" is "$(get $a series kselftest tap.fail mm_tunables)" -eq 0
	check "$a: and most are not skipped" is "$(get $a series kselftest tap.pass mm_tunables)" -ge 36
	check "$a: zero detection was switched while swap was in use" \
		is "$(flipped $a data.flips)" -gt 100
	check "$a: pages went to swap" is "$(flipped $a vmstat.pswpout)" -gt 1000
	check "$a: and some as pages of zeroes" is "$(flipped $a vmstat.swpout_zero)" -gt 100
	check "$a: the passes of direct reclaim have scanned what vmstat counts" \
		is "$(counted $a reclaim-hist "hist.vmscan:mm_vmscan_direct_pass.nr_scanned")" -eq \
		"$(counted $a reclaim-hist "vmstat.pgscan_direct ")"
	# vmstat counts page by page, the event at the end of a pass: kswapd is in the middle
	# of one when the work begins or ends.
	check "$a: and those of kswapd, but for the pass that was under way" \
		near "$(counted $a reclaim-hist "hist.vmscan:mm_vmscan_kswapd_pass.nr_scanned")" \
		"$(counted $a reclaim-hist "vmstat.pgscan_kswapd ")" "$(largest_pass $a)"
	check "$a: every page that left for the device is an event" \
		is "$(counted $a swap-hist 'hist.swap:mm_swap_out outcome=5,')" -eq "$(counted $a swap-hist 'vmstat.pswpout ')"
	check "$a: and every page of zeroes" \
		is "$(counted $a swap-hist 'hist.swap:mm_swap_out outcome=2,')" -eq "$(counted $a swap-hist 'vmstat.swpout_zero ')"
	check "$a: so is every request to write" \
		is "$(counted $a swap-hist 'hist.swap:mm_swap_io_submit write=1,')" -eq "$(counted $a swap-hist 'vmstat.nrswpout ')"
done
finish
