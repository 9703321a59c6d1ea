#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The review finds what is planted and nothing else, as far as text and a few
# objects show it (make review-bars does all of them); what it is given comes in
# every form a developer has; formats; a missing tool is never green.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
text=applies,changelog,checkpatch,maintainers,sysctl-docs,trace-docs,param-docs,defaults,kernel-doc

check 'what text shows is found, and nothing in good patches' harness/t/review/bars.sh $text
check 'a 64-bit division is found in the object' says 1 '64-bit division in .*fadvise_remember|64-bit division in .*fadvise' \
	"$hw" review harness/t/review/bad/18-division.patch --checks division

# One defect in the middle of a series: the right patch is named, those after it
# say why they are not judged.
mkdir "$tmp/s"
cp harness/t/review/good/09-documentation.patch "$tmp/s/0001.patch"
cp harness/t/review/bad/01-stale.patch "$tmp/s/0002.patch"
cp harness/t/review/good/02-error-path.patch "$tmp/s/0003.patch"
check 'the patch in the middle is named' says 1 '^2/3 .*' "$hw" review "$tmp/s" --checks applies
check 'and the one after it is not green' says 1 'applies: not checked: patch 2 does not apply' \
	"$hw" review "$tmp/s" --checks applies

# An mbox, and a range in a git tree.
cat harness/t/review/good/09-documentation.patch harness/t/review/good/04-division.patch >"$tmp/mbox"
check 'an mbox' says 0 '2 patches on' "$hw" review "$tmp/mbox" --checks applies,changelog
git init -q "$tmp/tree" && mkdir "$tmp/tree/mm" && echo 'int a;' >"$tmp/tree/mm/x.c"
commit() { git -C "$tmp/tree" -c user.name=x -c user.email=x@x -c commit.gpgsign=false commit -qam "$1"; }
git -C "$tmp/tree" add mm/x.c && commit 'base' && git -C "$tmp/tree" tag base
echo 'int b;' >>"$tmp/tree/mm/x.c" && commit 'mm/x: add b

A second number is needed by what comes next, and so it is defined here.

Signed-off-by: x <x@x>'
check 'a range in a git tree' says 0 '1 patches on tree' \
	"$hw" review --tree "$tmp/tree" base..HEAD --checks applies,changelog
check 'a range that is none' says 2 "is no commit in the git tree" \
	"$hw" review --tree "$tmp/tree" nothing..HEAD --checks applies

# Programs read it; a check whose tool is missing is not green.
check "b4's array" says 0 '"tool": "changelog"' bash -c \
	"'$hw' review --mail --checks changelog <harness/t/review/bad/35-no-area.patch"
check 'KTAP' says 1 'not ok 1 changelog' \
	"$hw" review harness/t/review/bad/35-no-area.patch --checks changelog -f ktap
check 'Markdown' says 1 '\*\*fail\*\* \| subject names no area' \
	"$hw" review harness/t/review/bad/35-no-area.patch --checks changelog -f markdown
mkdir "$tmp/bin"
for t in gcc ld git bash sh env ar as; do ln -s "$(command -v $t)" "$tmp/bin/$t"; done
check 'a missing tool is said, and is not green' says 0 'coccinelle: not checked: needs spatch' \
	env PATH="$tmp/bin" "$hw" review harness/t/review/good/09-documentation.patch --checks coccinelle
check 'the second time all comes from the cache' says 1 '1 from the cache' \
	"$hw" review harness/t/review/bad/35-no-area.patch --checks changelog
finish
