#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plan reclaim, on the series: its claims hold, and the watermarks are what
# __setup_per_zone_wmarks() makes of min_free_kbytes, recomputed here in whole numbers.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

short configs/plan/reclaim.yaml >"$tmp/p.yaml"
check 'reclaim: every claim holds' says 0 '18 cells: .* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"

watermarks() {
	local a=$1 zone=$2 scale=$3 min managed gap
	v() { get "$tmp/r" "$1" "${2-}" arch="$a" workload=watermarks vm.watermark_scale_factor="$scale"; }
	min=$(($(v zone.min_free_kbytes) >> 2)) managed=$(v zone.managed "$zone")
	gap=$((managed * scale / 10000))
	[ $gap -gt $((min >> 2)) ] || gap=$((min >> 2))
	check "$a, scale $scale: min" is "$(v zone.min "$zone")" -eq $min
	check "$a, scale $scale: low" is "$(v zone.low "$zone")" -eq $((min + gap))
	check "$a, scale $scale: high" is "$(v zone.high "$zone")" -eq $((min + 2 * gap))
}
for s in 10 300; do
	watermarks i386 Normal $s
	watermarks x86_64 DMA32 $s
done

cat >"$tmp/bad.yaml" <<'PLAN'
name: bad
kernel: series
arch: [i386, x86_64]
memory: 256M
workload:
  - {name: reclaim-mix, anon: 10, file: 10, rounds: 512, swap: {backing: ram, size: 32M}}
  - {name: memcg, limit: 64M, size: 16M, swap: {backing: ram, size: 32M}}
PLAN
check 'no pressure: no number, the reason' says 1 'there is no pressure' \
	kept "$tmp/bad.log" "$hw" run "$tmp/bad.yaml" -o "$tmp/bad"
check 'a group that never meets its limit: the reason' grep 'never at its limit' "$tmp/bad.log"
finish
