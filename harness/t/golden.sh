#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# golden.sh RESULTS: what the smoke plan gave there, in the form of
# harness/t/golden/smoke.txt: what the bytes of a cell depend on besides this
# repository, then a line "ID DIGEST CELL" for each cell.
set -eu
results=$1
echo "# The smoke plan's results: equal inputs give equal bytes on any machine. make golden"
echo "# compiler $(gcc --version | head -n 1)"
echo "# linker $(ld --version | head -n 1)"
echo "# libc $(ldd --version | head -n 1)"
echo "# qemu $(qemu-system-x86_64 --version | head -n 1)"
for facts in "$results"/runs/*/1/facts.json; do
	dir=$(dirname "$facts")
	digest=$(sed -n 's/^  "digest": "\([0-9a-f]*\)".*/\1/p' "$facts")
	title=$(sed -n -e 's/^  "arch": "\(.*\)".*/\1/p' -e 's/^  "workload": "\(.*\)".*/\1/p' "$facts" | sort | tr '\n' ' ')
	echo "$(basename "$(dirname "$dir")") $digest ${title% }"
done
