#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Data flows one way: a stage includes headers of stages to its left, of lib/
# and of proto/, never to its right; analysis/ reads the store's query API only;
# the guest knows the protocol and nothing of the host.
set -u
cd "$(dirname "$0")/../.." || exit 2

stages=(plan build boot run collect decode store review)
nr=0 failed=0

# check NAME DIR ALLOWED...: every quoted include of DIR is in an allowed directory
check() {
	local name=$1 dir=$2 bad
	shift 2
	local allowed
	allowed=$(printf '%s|' "$@")
	bad=$(grep -rnE '^#include "' --include='*.[ch]' "$dir" 2>/dev/null |
		grep -vE "#include \"(${allowed%|})" || true)
	nr=$((nr + 1))
	if [ -z "$bad" ]; then
		echo "ok $nr - $name"
	else
		echo "not ok $nr - $name"
		printf '%s\n' "$bad" | sed 's/^/# /'
		failed=1
	fi
}

left=(lib/ proto/ schema_sql.h)
for s in "${stages[@]}"; do
	left+=("$s/")
	check "$s includes only what is to its left" "harness/$s" "${left[@]}"
done
check 'the plugin knows its interface and the marks' harness/plugin plugin/ proto/mark.h
check 'lib stands alone' harness/lib lib/
check 'proto knows lib/parse.h only' harness/proto lib/parse.h proto/
check 'the guest knows the protocol only' harness/guest guest/ proto/ lib/parse.h workload/
check 'analysis reads the query API only' analysis lib/ store/query.h stats/ compare/ verdict/ map/ profile/ cost/ export/ report/ page_css.h page_js.h uplot.h
echo "1..$nr"
exit $failed
