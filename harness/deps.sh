#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what the host lacks (Debian 12 or 13), with sudo when not root.
# Nothing to do costs a few milliseconds.
set -eu

packages=(
	# the harness
	gcc make libc6-dev libsqlite3-dev libjansson-dev libyaml-dev libmd-dev libgsl-dev
	# the guest agents, both architectures
	gcc-multilib
	# kernels
	git flex bison bc perl libelf-dev libssl-dev lz4 ccache xz-utils curl
	# guests and their userlands
	qemu-system-x86 seabios cpio debian-archive-keyring binutils zlib1g-dev
	# review
	sparse coccinelle codespell python3 quilt
	# tests
	libcmocka-dev jq cppcheck clang clang-tidy libclang-rt-dev shellcheck trace-cmd linux-perf
	munge slurm-wlm
	# the report's tests
	chromium-headless-shell fonts-dejavu-core nodejs
)

# npm of its own or of Debian: what is there is taken.
command -v npm >/dev/null || packages+=(npm)
missing=()
for p in "${packages[@]}"; do
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "error: not root and no sudo; install: ${missing[*]}" >&2
		exit 3
	}
	sudo=sudo
fi
echo "installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "error: cannot install: ${missing[*]}" >&2
	exit 3
fi
