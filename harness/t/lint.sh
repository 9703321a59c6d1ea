#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# All scripts through shellcheck, all C files through cppcheck; each must be silent.
# (clang-tidy is the Makefile's: one target a file.)
set -u
cd "$(dirname "$0")/../.." || exit 2
out=${1:-out}
failed=0

scripts=()
while read -r f; do
	[ -f "$f" ] && head -c 64 "$f" | grep -qaE '^#!.*\b(ba|da)?sh\b' && scripts+=("$f")
done < <(git ls-files -co --exclude-standard)
shellcheck -x "${scripts[@]}" || failed=1

mapfile -t sources < <(git ls-files -co --exclude-standard 'harness/*.c' 'analysis/*.c')
mkdir -p "$out/cppcheck"
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
	--cppcheck-build-dir="$out/cppcheck" --error-exitcode=1 -j "$(nproc)" -D_GNU_SOURCE \
	-Iharness -Ianalysis "-I$out/gen" "${sources[@]}" || failed=1

[ $failed -eq 0 ] && echo "lint: ${#scripts[@]} scripts, ${#sources[@]} C files clean"
exit $failed
