#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plan buddy, on the series: its claims hold; the indices are recomputed from
# buddyinfo by the harness, and blocks that were asked for are seen by the allocator.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

short configs/plan/buddy.yaml >"$tmp/p.yaml"
check 'buddy: every claim holds' says 0 'claims: [0-9]+ hold, 0 fail, 0 without data' "$hw" run "$tmp/p.yaml" -o "$tmp/r"
for a in i386 x86_64; do
	v() { get "$tmp/r" "$1" "$2" arch=$a workload=high-order pin=unmovable; }
	check "$a: the unusable index is what buddyinfo makes it" is "$(v frag.differs unusable)" -eq 0
	check "$a: the fragmentation index too" is "$(v frag.differs index)" -eq 0
done

# The ring of a pipe is one block of the order that was asked for.
cat >"$tmp/events.yaml" <<'PLAN'
name: events
kernel: series
arch: [i386, x86_64]
memory: 128M
events: "kmem:mm_page_alloc hist:keys=order"
workload: {name: high-order, pin: none, tries: 8}
PLAN
check 'with events: ok' "$hw" run "$tmp/events.yaml" -o "$tmp/e"
for a in i386 x86_64; do
	for order in 6 7 8; do
		check "$a: eight blocks of order $order were taken" \
			is "$(get "$tmp/e" hist.kmem:mm_page_alloc "order=$order" arch=$a)" -eq 8
	done
done

cat >"$tmp/bad.yaml" <<'PLAN'
name: bad
kernel: series
arch: [i386, x86_64]
memory: 128M
workload:
  - {name: high-order, pin: movable, spare: 96M}
PLAN
check 'memory that is not fragmented: no number, the reason' says 1 'memory is not fragmented' \
	"$hw" run "$tmp/bad.yaml" -o "$tmp/bad"
finish
