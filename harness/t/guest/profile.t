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
# A kernel without symbols: the same cache, with this one stripped.
mkdir -p "$tmp/cache/kernel"
cache=${HIGHWATER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/highwater}
for e in "$cache"/* "$cache"/kernel/*; do
	to=$tmp/cache/${e#"$cache"/}
	[ -e "$to" ] || ln -s "$e" "$to"
done
key=$("$hw" show "$x" -o "$tmp/r" | grep -oE "$cache/kernel/[0-9a-f]{64}/bzImage" | head -n 1)
key=$(basename "$(dirname "$key")")
rm "$tmp/cache/kernel/$key" && cp -r "$cache/kernel/$key" "$tmp/cache/kernel/" && strip "$tmp/cache/kernel/$key/vmlinux"
check 'a kernel without symbols is refused' says 2 'has no kernel symbols: stripped' \
	env HIGHWATER_CACHE="$tmp/cache" "$hw" profile "$x" -r "$tmp/r" --again
# One that asks for KASLR.
rm "$tmp/root/configs" "$tmp/root/out/plugin/highwater.so"
cp -r configs "$tmp/root/configs" && echo kaslr >"$tmp/root/configs/kernel/moved.boot"
ln -s "$PWD/out/plugin/highwater.so" "$tmp/root/out/plugin/highwater.so"
sed -e 's/profile/moved/' -e 's/i386, //' -e 's/series/series+moved/' "$tmp/p.yaml" >"$tmp/m.yaml"
check 'a kernel that boots with KASLR' says 0 '1 runs done' \
	env HIGHWATER_ROOT="$tmp/root" "$hw" run "$tmp/m.yaml" -o "$tmp/r"
k=$("$hw" list -o "$tmp/r" --where kernel=series+moved | cut -d' ' -f1)
check 'is refused' says 2 "kernel 'series\+moved' boots with KASLR on" \
	env HIGHWATER_ROOT="$tmp/root" "$hw" profile "$k" -r "$tmp/r"

# stop: the same place every time, and the free lists are those of that place.
for a in i386 x86_64; do
	id=$("$hw" list -o "$tmp/r" --where arch=$a --where kernel=series --where clock=insn | cut -d' ' -f1)
	check "$a: stopped at a function, with its free lists" says 0 'Movable  ' \
		bash -c "'$hw' stop '$id' --function do_anonymous_page --nth 1000 --dump -r '$tmp/r' | tee '$tmp/s1'"
	"$hw" stop "$id" --function do_anonymous_page --nth 1000 --dump -r "$tmp/r" >"$tmp/s2"
	check "$a: the same again" cmp "$tmp/s1" "$tmp/s2"
	# 512 pages further: 512 pages fewer, and what the CPU has taken in advance (pcp lists).
	"$hw" stop "$id" --function do_anonymous_page --nth 1512 --dump -r "$tmp/r" >"$tmp/s3"
	free() { awk '/able|HighAtomic/ { for (i = 2; i <= NF; i++) sum += $i * 2 ^ (i - 2) } END { print sum }' "$1"; }
	taken=$(($(free "$tmp/s1") - $(free "$tmp/s3")))
	check "$a: 512 faults later 512 pages fewer are in them, or somewhat more" is $taken -ge 448
	check "$a: not many more" is $taken -le 1536
	check "$a: a function that is not called so often" says 2 'the run ended before' \
		"$hw" stop "$id" --function do_anonymous_page --nth 1000000 --dump -r "$tmp/r"
	check "$a: one that is not there" says 2 "has no function 'nosuch'" \
		"$hw" stop "$id" --function nosuch --dump -r "$tmp/r"
	check "$a: at an event" says 0 'stopped at kmem:mm_page_alloc number 500' \
		"$hw" stop "$id" --event kmem:mm_page_alloc --nth 500 --dump -r "$tmp/r"
done
check 'stop refuses a cell of the wall clock' says 2 'exact tools need clock: insn' \
	"$hw" stop "$w" --function do_anonymous_page --dump -r "$tmp/r"
check 'nothing temporary is left' test -z "$(find "$tmp/r/tmp" -mindepth 1)"
finish
