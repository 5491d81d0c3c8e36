# Run in a network namespace, a mount namespace and a pid namespace of its own: a machine that shares no file with this
# one but those of DIRECTORY. With the first process of the namespace, which is the engine, everything in it ends.
set -e
directory=$1
mount --make-rprivate /
mount -t tmpfs none /run
mount -t tmpfs none /tmp
mkdir -p /run/sshd /var/lib/docker
mount --bind "$directory/docker" /var/lib/docker
/usr/sbin/sshd -f "$directory/sshd_config" -E "$directory/sshd.log"
exec dockerd > "$directory/dockerd.log" 2>&1
