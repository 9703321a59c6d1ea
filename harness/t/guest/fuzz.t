#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every byte that comes from a guest, a plan or a store, fuzzed under ASan and UBSan:
# each target for FUZZ_SECONDS, two at a time. make fuzz runs them for longer.
set -u
cd "$(dirname "$0")/../../.." || exit 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
targets=(harness/t/fuzz/fuzz_*.c)
echo "1..$((${#targets[@]} + 1))"
MAKEFLAGS='' make -j2 fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-10}" >"$log" 2>&1
code=$?
grep -E '^(ok|not ok|#) ' "$log"
if [ $code -ne 0 ]; then
	echo "not ok - make fuzz"
	tail -n 30 "$log" | sed 's/^/# /'
	exit 1
fi
echo "ok - make fuzz"
