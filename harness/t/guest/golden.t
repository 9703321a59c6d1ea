#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The smoke plan gives the bytes that are committed (harness/t/golden/smoke.txt),
# here as on the machine that made them. A change of kernel, guest or protocol
# changes them: "make golden" writes them anew, and the commit shows it.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
golden=harness/t/golden/smoke.txt
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

check 'the smoke plan runs' says 0 '4 runs done.* 0 not ok' \
	"$hw" run configs/plan/smoke.yaml -o "$tmp/r"
harness/t/golden.sh "$tmp/r" >"$tmp/now"
if ! diff <(grep '^#' $golden) <(grep '^#' "$tmp/now") >"$tmp/tools"; then
	# Other tools, other bytes: that is no mistake of anybody's, and proves nothing.
	echo "# golden results are of other tools:"
	sed 's/^/# /' "$tmp/tools"
	echo "ok 2 - same bytes as committed # SKIP made with other tools"
	echo 1..2
	exit $bad
fi
check 'the cells are those committed (else: make golden)' \
	diff <(grep -v '^#' $golden | cut -d' ' -f1) <(grep -v '^#' "$tmp/now" | cut -d' ' -f1)
check 'and their bytes too' diff $golden "$tmp/now"
finish
