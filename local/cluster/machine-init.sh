#!/bin/bash
# First process of one machine of the local cluster. It runs in mount, network and process namespaces of its own; when it
# dies the kernel kills every process of the machine at once and takes the mounts and the network with it.
# Agents are executables in <machine>/agents. A line with an agent's name written to <machine>/control starts it, or starts it
# anew if its executable has changed since; whenever it ends it is started again.
# Usage: machine-init.sh <machine folder> <log folder> <folder to keep>...
set -euo pipefail
machine=$1 logs=$2

# The host's /run, /var/lib and /var/log stay as they are: what agents write there goes to memory and ends with the machine.
# The folders to keep are laid over again, in case they are below one of those.
mount -t tmpfs -o mode=0755 tmpfs /run
for kept in "${@:3}"; do
  mkdir -p "/run/kept$kept"
  mount --bind "$kept" "/run/kept$kept"
done
for dir in /var/lib /var/log; do
  mkdir -p "/run/overlay$dir/upper" "/run/overlay$dir/work"
  mount -t overlay -o "lowerdir=$dir,upperdir=/run/overlay$dir/upper,workdir=/run/overlay$dir/work" overlay "$dir"
done
for kept in "${@:3}"; do
  mkdir -p "$kept"
  mount --move "/run/kept$kept" "$kept"
done
# Sockets below a machine's folder need a short path: Linux allows 107 characters.
mkdir /run/machine
mount --bind "$machine" /run/machine
cp "$0" /run/machine-init.sh # tells which version of this script the machine runs
mount --make-rshared / # kubelet and containerd hand mounts to each other

ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
for filter in all default; do echo 0 >"/proc/sys/net/ipv4/conf/$filter/rp_filter"; done

supervise() {
  local agent=$1 log="$logs/$1.log" code
  while true; do
    cp "$machine/agents/$agent" "/run/agents/$agent"
    code=0
    "/run/agents/$agent" >>"$log" 2>&1 </dev/null 3>&- &
    echo $! >"/run/agents/$agent.pid"
    wait $! || code=$?
    echo "$(date -u +%FT%TZ) $agent ended with code $code and is started again" >>"$log"
    sleep 1
  done
}

declare -A started
mkdir /run/agents
mkfifo -m 0600 "$machine/control"
exec 3<>"$machine/control" # open for writing too, or reading would end with the first writer
echo ready
exec >>"$logs/init.log" 2>&1
while read -r -u 3 agent; do
  if [ -z "${started[$agent]:-}" ]; then
    started[$agent]=yes
    supervise "$agent" &
  elif ! cmp -s "$machine/agents/$agent" "/run/agents/$agent"; then
    kill "$(cat "/run/agents/$agent.pid")" || true # between two lives of it there is nothing to kill
  fi
done
