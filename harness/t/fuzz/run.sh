#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh SECONDS FUZZER...: each fuzzer for that long, two at a time; new inputs
# go to a scratch corpus, a crash is kept beside the fuzzer and fails.
set -u
seconds=$1
shift
here=$(dirname "$(readlink -f "$0")")

fuzz_one() {
	local bin=$1 name scratch
	name=$(basename "$bin")
	name=${name#fuzz_}
	scratch=$(mktemp -d)
	if "$bin" -max_total_time="$3" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$bin.crash-" \
		-print_final_stats=1 "$scratch" "$2/corpus/$name" >"$bin.log" 2>&1; then
		echo "ok fuzz_$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$bin.log") inputs"
	else
		echo "not ok fuzz_$name: see $bin.log"
		tail -n 20 "$bin.log" | sed 's/^/# /'
		touch "$bin.failed"
	fi
	rm -rf "$scratch"
}

for bin in "$@"; do
	rm -f "$bin.failed"
	fuzz_one "$bin" "$here" "$seconds" &
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
done
wait
for bin in "$@"; do
	[ ! -e "$bin.failed" ] || exit 1
done
