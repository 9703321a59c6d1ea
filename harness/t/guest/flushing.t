#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plan flushing, on the series: its claims hold, and the thresholds are what the
# kernel's formula makes of the zones, recomputed here in whole numbers.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

short configs/plan/flushing.yaml >"$tmp/p.yaml"
check 'flushing: every claim holds' says 0 '18 cells: .* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"
check 'no claim lacks its figures' says 0 '0 without data|verdict|holds' "$hw" verdict -o "$tmp/r"

# domain_dirty_limits(): the ratio in 1/4096, of free pages above the reserves and of the cache
thresholds() {
	local a=$1 zone=$2 free high reserve active inactive available
	shift 2
	v() { get "$tmp/r" "$1" "${2-}" arch="$a" workload=dirty-idle write=1048576 vm.dirty_expire_centisecs=1000; }
	free=$(v vmstat.nr_free_pages) high=$(v zone.high "$zone") reserve=$(v zone.reserve "$zone")
	active=$(v vmstat.nr_active_file) inactive=$(v vmstat.nr_inactive_file)
	available=$((free - high - reserve + active + inactive + 1))
	check "$a: the dirty threshold is 20 % of what is dirtyable" \
		near "$(v vmstat.nr_dirty_threshold)" $((819 * available / 4096)) 1
	check "$a: the background threshold is 10 % of it" \
		near "$(v vmstat.nr_dirty_background_threshold)" $((409 * available / 4096)) 1
}
thresholds i386 Normal
thresholds x86_64 DMA32

cat >"$tmp/bad.yaml" <<'PLAN'
name: bad
kernel: series
arch: [i386, x86_64]
memory: 256M
workload:
  - {name: dirty-idle, write: 64M}
  - {name: dirty-writer, write: 1M}
PLAN
check 'too many dirty pages for an expiry: no number, the reason' \
	says 1 'they do not wait for the expiry' kept "$tmp/bad.log" "$hw" run "$tmp/bad.yaml" -o "$tmp/bad"
check 'too few for a pause: no number, the reason' \
	grep 'stayed under the background threshold' "$tmp/bad.log"
finish
