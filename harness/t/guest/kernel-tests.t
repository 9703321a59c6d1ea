#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The series' own tests, in guests of both architectures: the KUnit suites, the
# selftest, and data that must survive while vm.swap_zero_detect is switched under load.
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
  - {name: pressure, kernel: series, anon: 120, ops: 2048, flips: yes, swap: {backing: ram, size: 40M}}
PLAN
check 'every suite, test and page of data is good' says 0 '6 runs done' \
	"$hw" run "$tmp/plan.yaml" -o "$tmp/r"

get() { figure "$tmp/r" "$@"; }
# shellcheck disable=SC2317 # called through check
is() {
	echo "$*"
	[ -n "$1" ] && [ -n "$3" ] && test "$1" "$2" "$3"
}
for a in i386 x86_64; do
	check "$a: KUnit has run reclaim, workingset and writeback" \
		is "$(get $a series+kunit kunit kunit.suites)" -ge 3
	for suite in mm_vmscan:7 mm_workingset:3 mm_page_writeback:2; do
		check "$a: suite ${suite%:*}: all of its tests" \
			is "$(get $a series+kunit kunit tap.pass ${suite%:*})" -eq "${suite#*:}"
	done
	check "$a: the selftest: no test fails" is "$(get $a series kselftest tap.fail mm_tunables)" -eq 0
	check "$a: and most are not skipped" is "$(get $a series kselftest tap.pass mm_tunables)" -ge 36
	check "$a: zero detection was switched while swap was in use" \
		is "$(get $a series pressure pressure.flips)" -gt 100
	check "$a: pages went to swap" is "$(get $a series pressure pressure.swapped_out)" -gt 5000
	check "$a: and some as pages of zeroes" is "$(get $a series pressure vmstat.swpout_zero)" -gt 500
done
finish
