#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the harness itself costs as a matrix grows: peak memory and CPU of runs of
# 250, 500, 1000 and 2000 cells, with guests that end at once (t/fault/fakeqemu).
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
gcc -O1 -D_GNU_SOURCE -Iharness -o "$tmp/bin/qemu-system-i386" harness/t/fault/fakeqemu.c \
	harness/proto/frame.c || exit 2
ln -s qemu-system-i386 "$tmp/bin/qemu-system-x86_64"
export PATH=$tmp/bin:$PATH

for cells in ${SCALE:-250 500 1000 2000}; do
	printf 'name: scale\nkernel: series\narch: i386\nmemory: 64M\nseeds: %d\nworkload: {name: "null"}\n' \
		"$cells" >"$tmp/p.yaml"
	./highwater run "$tmp/p.yaml" -o "$tmp/r$cells" >"$tmp/out" 2>"$tmp/log" &
	pid=$!
	peak=0
	while status=$(grep VmHWM "/proc/$pid/status" 2>/dev/null); do
		peak=$(tr -dc 0-9 <<<"$status")
		sleep 0.1
	done
	wait $pid || tail -n 3 "$tmp/log"
	echo "$cells cells: peak $((peak / 1024)) MiB, $(sed -n 's/.*(guests used \(.*\)), .*/\1/p' "$tmp/out")"
done
