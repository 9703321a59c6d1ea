#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# git am and quilt apply the same files to the same end, without fuzz; quilt takes all of
# it off again. Only the files that the series touches are laid out.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$PWD

fetched=$("$hw" fetch)
tree=$(awk '$1 == "tree" { print $2 }' <<<"$fetched")
source=$(awk '$2 ~ "^/" { print $2 }' <<<"$fetched")
mapfile -t list < <(grep -v '^#' patches/series)
# No name of a file has a space in it.
mapfile -t files < <(cd patches && sed -n 's|^--- a/||p' "${list[@]}" | sort -u)
mapfile -t files < <(git -C "$source" ls-tree -r --name-only "$tree" -- "${files[@]}")

mkdir "$tmp/am" "$tmp/quilt" "$tmp/base"
for d in am quilt base; do
	git -C "$source" archive "$tree" -- "${files[@]}" | tar -x -C "$tmp/$d"
done
check 'there is something to patch' test ${#files[@]} -gt 10

cd "$tmp/am" || exit 2
git -c init.defaultBranch=main init -q
git config user.name t
git config user.email t@example.invalid
git add -Af
git commit -qm base
check 'git am applies all of the series' git am -q "${list[@]/#/$root/patches/}"
check 'each patch is a commit' test "$(git rev-list --count HEAD)" -eq $((${#list[@]} + 1))

cd "$tmp/quilt" || exit 2
export QUILT_PATCHES=$root/patches
check 'quilt applies all of the series' says 0 "Now at patch .*${list[-1]}" quilt --quiltrc - push -a
check 'with no fuzz and no offset' test -z "$(quilt --quiltrc - pop -aq >/dev/null 2>&1 &&
	quilt --quiltrc - push -a 2>&1 | grep -E 'fuzz|offset')"
check 'both came to the same' diff -r -x .git -x .pc "$tmp/am" "$tmp/quilt"
check 'which is not where they began' says 1 . diff -rq -x .pc "$tmp/base" "$tmp/quilt"
check 'quilt takes all of it off' quilt --quiltrc - pop -aq
find . -depth -type d -empty -delete
check 'and leaves what was there' diff -r -x .pc "$tmp/base" "$tmp/quilt"
finish
