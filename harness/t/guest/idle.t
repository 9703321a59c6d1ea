#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests that sleep are bit-exact on a loaded host: ten thousand naps a run, each a
# skip of idle time that QEMU's threads can disagree about (harness/plugin/idle.c),
# beside processes that take the processors away from them.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
load=()
# shellcheck disable=SC2317 # called by trap
clean() {
	kill "${load[@]}" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

for _ in 1 2 3 4; do
	(while :; do :; done) &
	load+=($!)
done
cat >"$tmp/p.yaml" <<'PLAN'
name: naps
kernel: series
arch: [i386, x86_64]
memory: 128M
workload: {name: naps, naps: [10000, 10001]}
PLAN
check 'guests that sleep are identical twice on a loaded host' \
	says 0 'verify: 4 cells identical twice, 0 different' "$hw" run "$tmp/p.yaml" -o "$tmp/r" -j 2 --verify
for a in i386 x86_64; do
	late=$(get "$tmp/r" nap.late_ns '' arch=$a naps=10000)
	most=$(get "$tmp/r" nap.latest_ns '' arch=$a naps=10000)
	check "$a: every nap is as long as asked, and no longer than a wake-up takes" \
		is "$late" -lt $((10000 * 100000))
	check "$a: none is a tick late" is "$most" -lt 1000000
done
finish
