#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bars.sh CHECKS|all [NAME...]: review the planted patches (harness/t/review/bad, or
# those named) with CHECKS, and say for each whose check is among them whether
# the right patch and the right defect are named. Then the good ones: none may
# have a finding. TAP; run from the project's root.
set -u
checks=$1
shift
[ "$checks" != all ] || checks=$(./highwater review --list | cut -d' ' -f1 | paste -sd,)
dir=harness/t/review
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0 failed=0
result() {
	nr=$((nr + 1))
	if [ "$2" -eq 0 ]; then echo "ok $nr - $1"; else echo "not ok $nr - $1"; failed=1; fi
}

# of N FILE: the lines the review prints below its N-th patch
of() { awk -v n="$1" '/^[0-9]+\/[0-9]+ / { split($1, a, "/"); on = a[1] == n; next } /^[^ ]/ { on = 0 } on' "$2"; }

mkdir "$tmp/bad"
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(grep -v '^#' $dir/bad/expect | cut -f1)
while IFS=$'\t' read -r name check pattern; do
	case ",$checks," in *,"$check",*) ;; *) continue ;; esac
	for n in "${names[@]}"; do
		[ "$n" = "$name" ] || continue
		cp "$dir/bad/$name.patch" "$tmp/bad/"
		printf '%s\t%s\t%s\n' "$name" "$check" "$pattern" >>"$tmp/expect"
	done
done < <(grep -v '^#' $dir/bad/expect)

./highwater review "$tmp/bad" --independent --checks "$checks" >"$tmp/out" 2>"$tmp/err"
code=$?
[ $code -eq 1 ]
result "planted patches: exit code 1 (was $code)" $?
[ $code -eq 1 ] || sed 's/^/# /' "$tmp/err"
i=0
while IFS=$'\t' read -r name check pattern; do
	i=$((i + 1))
	of $i "$tmp/out" >"$tmp/this"
	grep -qE "^    (fail|warn) $check: .*($pattern)|^         \| .*($pattern)" "$tmp/this"
	rc=$?
	result "$name: $check names the defect" $rc
	[ $rc -eq 0 ] || sed 's/^/# /' "$tmp/this"
	grep -E '^    (fail|warn) ' "$tmp/this" | grep -vE "^    (fail|warn) $check:" | sed 's/^ */# also: /'
done <"$tmp/expect"

./highwater review $dir/good --independent --checks "$checks" >"$tmp/out" 2>"$tmp/err"
code=$?
[ $code -eq 0 ]
result "good patches: no finding (exit code $code)" $?
[ $code -eq 0 ] || sed 's/^/# /' "$tmp/out"
echo "1..$nr"
exit $failed
