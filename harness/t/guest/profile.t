#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# profile: counts every instruction of the window, the same every time, and the guest
# does not notice.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

printf '%s\n' 'name: profile
arch: [i386, x86_64]
kernel: series
memory: 256M
workload: {name: fault, pages: 2048}' >"$tmp/p.yaml"
check 'two cells' says 0 '2 runs done' "$hw" run "$tmp/p.yaml" -o "$tmp/r"

# shellcheck disable=SC2317 # called through check
is() {
	echo "$*"
	[ -n "$1" ] && [ -n "$3" ] && test "$1" "$2" "$3"
}
# The same function, the same instructions, whether callers are known or not.
# shellcheck disable=SC2317 # called through check
agree() {
	local f
	f='.functions | map({name, insns}) | sort_by(.name)[] | select(.insns > 0 and .name != "user")'
	diff <(jq -c "$f" "$tmp/$1.callers") <(jq -c "$f" "$tmp/$1.counts") | head -n 20
	[ -z "$(diff <(jq -c "$f" "$tmp/$1.callers") <(jq -c "$f" "$tmp/$1.counts"))" ]
}
for a in i386 x86_64; do
	id=$("$hw" list -o "$tmp/r" --where arch=$a | cut -d' ' -f1)
	# That the digest is the run's is part of the command: exit code 1 otherwise.
	for m in callers counts; do
		check "$a: the guest is the same with the plugin ($m)" \
			"$hw" profile "$id" -r "$tmp/r" --json -o "$tmp/$a.$m" "$([ $m = counts ] && echo --counts || echo --all)"
	done
	dir=$(echo "$tmp/r/runs/$id"*/1)
	cp "$dir/profile.callers" "$dir/counts.callers" "$tmp/"
	check "$a: profiled again" "$hw" profile "$id" -r "$tmp/r" --again -o "$tmp/again"
	check "$a: two profiles are identical" cmp "$tmp/profile.callers" "$dir/profile.callers"
	check "$a: to the address" cmp "$tmp/counts.callers" "$dir/counts.callers"
	check "$a: with and without callers the functions are the same" agree $a
	for m in callers counts; do
		check "$a: the sum over functions is the clock's, but for its edges ($m)" \
			is "$(jq '[.functions[].insns] | add - input.clock' "$tmp/$a.$m" "$tmp/$a.$m")" -le 12
		check "$a: and never less ($m)" \
			is "$(jq '[.functions[].insns] | add - input.clock' "$tmp/$a.$m" "$tmp/$a.$m")" -ge 0
	done
	check "$a: a fault handled for each page" \
		is "$(jq '.functions[] | select(.name == "do_anonymous_page").calls' "$tmp/$a.callers")" -ge 2048
	check "$a: faults are where the instructions went" \
		is "$(jq '.contexts.fault * 100 / .insns | floor' "$tmp/$a.callers")" -ge 80
	check "$a: a flame graph" says 0 'do_anonymous_page' \
		"$hw" profile "$id" -r "$tmp/r" --format svg
	check "$a: stacks from the entry on" \
		says 0 'exc_page_fault;.*handle_mm_fault;.*do_anonymous_page' \
		"$hw" profile "$id" -r "$tmp/r" --format collapsed
	check "$a: nothing differs from itself" says 0 'B - A: \+0 instructions .* in 0 functions' \
		"$hw" profile "$id" "$id" -r "$tmp/r"
done
x=$("$hw" list -o "$tmp/r" --where arch=x86_64 | cut -d' ' -f1)
i=$("$hw" list -o "$tmp/r" --where arch=i386 | cut -d' ' -f1)
check 'of two cells: functions that only one has' says 0 'kmap_atomic|__kmap_local|\((new|gone)\)' \
	"$hw" profile "$i" "$x" -r "$tmp/r" --all

sed -e 's/profile/wall/' -e 's/i386, //' -e '2i clock: wall' "$tmp/p.yaml" >"$tmp/w.yaml"
check 'a cell of the wall clock' says 0 '1 runs done' "$hw" run "$tmp/w.yaml" -o "$tmp/r"
w=$("$hw" list -o "$tmp/r" --where clock=wall | cut -d' ' -f1)
check 'is refused' says 2 "runs under the wall clock; exact tools need clock: insn" \
	"$hw" profile "$w" -r "$tmp/r"
# A plugin that QEMU cannot load: the reason is QEMU's.
mkdir -p "$tmp/root/out/plugin"
for d in patches configs vm-images; do ln -s "$PWD/$d" "$tmp/root/$d"; done
ln -s "$PWD/out/guest" "$tmp/root/out/guest"
printf 'int qemu_plugin_version = 999;\nint qemu_plugin_install(void);\nint qemu_plugin_install(void) { return 0; }\n' >"$tmp/alien.c"
gcc -shared -fPIC -o "$tmp/root/out/plugin/highwater.so" "$tmp/alien.c"
check 'a plugin for another QEMU is refused with the reason' says 3 'requires.*[vV]ersion 999|version 999' \
	env HIGHWATER_ROOT="$tmp/root" "$hw" profile "$x" -r "$tmp/r" --again
check 'nothing temporary is left' test -z "$(find "$tmp/r/tmp" -mindepth 1)"
finish
