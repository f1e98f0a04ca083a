#!/usr/bin/env bash
# Installs the real parts that the integration tests run against. Debian 12, root. Idempotent.
set -euo pipefail

parts=(
  chromium fonts-dejavu-core                                          # the browser that opens the pages
  libvirt0 libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu
  qemu-system-x86 busybox-static cpio openssl                         # libvirt hosts and their guests
  openssh-server openssh-client netcat-openbsd                        # libvirt by SSH
  tigervnc-standalone-server vncsnapshot                              # a second VNC server, a native viewer
  iproute2                                                            # ss: who listens where
  python3-openstackclient python3-novaclient python3-openstacksdk     # clients of the API
  python3-tempest                                                     # OpenStack's own console tests
  python3-keystone python3-requests uwsgi-core uwsgi-plugin-python3   # Keystone
  redis-server                                                        # shared tokens
  nginx haproxy                                                       # load balancers before it
  systemd                                                             # systemd-analyze: checks the documented unit
  golang-go golang-github-vmware-govmomi-dev golang-github-google-uuid-dev
  golang-github-gorilla-websocket-dev python3-pyvmomi                 # a simulated vSphere
  freerdp2-shadow-x11 freerdp2-x11 winpr-utils xrdp xterm x11-utils   # RDP servers and a client
  gss-ntlmssp python3-gssapi apache2-bin libapache2-mod-auth-gssapi
  python3-winrm                                                       # NTLM and WinRM by somebody else
  python3-oslo.policy                                                 # the policy language by its makers
)
here=$(dirname "${BASH_SOURCE[0]}")
CI=true "$here/fixtures/debian-packages.sh" "${parts[@]}"
node "$here/fixtures/other-nodes.mjs"
