#!/usr/bin/env bash
# Installs the real parts that the integration tests run against. Debian 12, root. Idempotent.
set -euo pipefail

parts=(
  chromium fonts-dejavu-core                                        # the browser that opens the pages
  libvirt0 libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu
  qemu-system-x86 busybox-static cpio openssl                       # two libvirt hosts and their guests
  tigervnc-standalone-server                                        # a second VNC server
  iproute2                                                          # ss: who listens where
)

missing=()
for part in "${parts[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$part" 2>/dev/null || true)" = installed ] || missing+=("$part")
done
[ ${#missing[@]} = 0 ] && exit 0

echo "installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -q -y -o DPkg::Lock::Timeout=300)
{ "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; }; } >&2
