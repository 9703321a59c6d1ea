#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the documents say exists, and what exists is documented.
set -u
cd "$(dirname "$0")/../.." || exit 2
nr=0 bad=0
ok() {
	nr=$((nr + 1))
	if [ "$2" -eq 0 ]; then echo "ok $nr - $1"; else echo "not ok $nr - $1"; bad=1; fi
}

while read -r verb; do
	grep -q "^\.Cm $verb$" harness/man/highwater.1
	ok "man page: $verb" $?
	for opt in $(./highwater "$verb" --help | grep -oE -- '--[a-z-]+' | sort -u); do
		case $opt in --help | --usage) continue ;; esac
		long=${opt#--}
		short=$(./highwater "$verb" --help | sed -n "s/^  -\([a-zA-Z]\), --$long.*/\1/p")
		awk -v v=".Cm $verb" '$0 == v {on = 1; next} /^\.Nm/ {on = 0} /^\.Sh DESC/ {exit} on' \
			harness/man/highwater.1 | grep -qE "Fl (-$long|${short:-@})( |$)"
		ok "man page: $verb $opt" $?
	done
done < <(sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' harness/command.def)
# Paths the README names in its tour.
# shellcheck disable=SC2016 # backquotes are Markdown's
while read -r p; do
	[ -e "$p" ]
	ok "README: $p is there" $?
done < <(grep -oE '`(patches|configs|harness|analysis|vm-images)/[A-Za-z0-9_./-]*`' README.md | tr -d '`' | sort -u)
while read -r w; do
	grep -q "\`$w\`" README.md
	ok "README: workload $w" $?
done < <(sed -n 's/^	{ "\([a-z-]*\)", "[^"]*", WORKLOAD.*/\1/p' harness/proto/workload.c)
echo "1..$nr"
exit $bad
