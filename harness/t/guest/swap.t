#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plan swap, on the series and one slow device: its claims hold; each page is
# verified by the workload, and what is swapped by pagemap is what the kernel counts.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

short configs/plan/swap.yaml | sed 's/latency_ns: \[100000, 5000000\]/latency_ns: 5000000/; /swap: {backing: ram/d' >"$tmp/p.yaml"
check 'swap: every claim holds' says 0 '2 cells: .* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"
for a in i386 x86_64; do
	v() { get "$tmp/r" "$1" "$2" arch=$a; }
	# Slots of pages that came back and were not written since stay in use.
	check "$a: swap in use holds at least what pagemap says is out" \
		is "$(v swap.used set120)" -ge $((4 * ($(v swap.idle_out set120) + $(v swap.hot_out set120))))
	check "$a: every page of both parts was read back" \
		is "$(v swap.verified '')" -eq $(($(v swap.hot_pages set120) + $(v swap.idle_pages set120)))
	check "$a: a major fault reads at least one page" \
		is "$(v swap.pages_in set120)" -ge $(($(v swap.major_faults set120) * 9 / 10))
done

cat >"$tmp/bad.yaml" <<'PLAN'
name: bad
kernel: series
arch: [i386, x86_64]
memory: 256M
workload:
  - {name: swap, device: 32M, latency_ns: 100000, idle: 10, from: 20, to: 40, touches: 256}
PLAN
check 'a set that fits: no number, the reason' says 1 'swap was not used' \
	"$hw" run "$tmp/bad.yaml" -o "$tmp/bad"
finish
