#!/bin/sh
# Runs one native task, outlives the agent, and writes down how the task ended.
#
#   supervise.sh TASK_DIR SANDBOX plain|pidns|image BOOT_ID USER [CGROUP_DIR...]
#
# In TASK_DIR (complete when they end with a newline):
#   claim       made by whoever decides about this launch: this script, or an agent that gave it up
#   supervisor  "pid starttime bootid" of this script          init     of the namespace's pid 1
#   leader      of the task's first process                    running  written right before its exec
#   read-only   what is mounted into the sandbox so that the task cannot write to it: from where, and
#               in the next line its path there
#   terminal    the input of a task that has one, a fifo which nobody writes to
#   image       the unpacked image of a task that runs in one (mode `image`); there launch is what
#               runc is told, and upper or copy what the task writes
#   exit        how it ended, as a shell says it; written last, when nothing of it is left
# A task of another user reads the launch script (TASK_DIR/launch) through descriptor 3, so that it
# needs no right to the file. What needs no program of its own here costs a start milliseconds less.

[ "$1" = --init ] && { init=yes; shift; } || init=
task=$1 sandbox=$2 isolation=$3 boot=$4 user=$5
shift 5
[ -p "$task/terminal" ] && input=$task/terminal || input=/dev/null

# /proc/self is the shell that reads it, numbered as the machine does while /proc is the machine's.
identify() {
    read -r stat < /proc/self/stat
    pid=${stat%% *}
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- "$1" $stat
    echo "$pid ${21} $boot" > "$1"
}

# With all that is mounted below it, as proc(5) lists it: blanks are octal.
mount_read_only() {
    mount --rbind "$1" "$2" || exit 1
    while read -r _ _ _ _ at _; do
        at=$(printf %b "$at")
        case $at/ in
            "$2"/*) mount -o remount,bind,ro,nosuid,nodev "$at" || exit 1 ;;
        esac
    done < /proc/self/mountinfo
}

# A line for a shell is run at the task's terminal, if it has one: `script` holds that, and ends as
# the line does.
at_terminal() {
    line=$1
    [ ! -p "$input" ] || line="exec script -qefc '$1' /dev/null"
}

# What runc is told, and what it notes, is in memory where nobody else sees it, and gone with the
# mounts of this namespace. It finds no control groups that it could write to, so that the container
# stays in those into which a hook puts it (by their place in the bundle).
start_container() {
    cd "$task" || exit 1
    mount -t tmpfs -o mode=700 tmpfs bundle && mkdir bundle/rootfs bundle/groups || exit 1
    if [ -d copy ]; then
        mount --bind -o nodev copy bundle/rootfs || exit 1
    else
        mount -t overlay -o nodev,lowerdir=image/rootfs,upperdir=upper,workdir=work \
            overlay bundle/rootfs || exit 1
    fi
    cat launch > bundle/config.json || exit 1
    mount --rbind /sys/fs/cgroup bundle/groups || exit 1
    mount --bind -o ro "${0%/*}/no-cgroups" /sys/fs/cgroup || exit 1
    cd "$sandbox" || exit 1
    umask 022
    exec <> "$input" >> stdout 2>> stderr || exit 1
    export task
    at_terminal 'exec runc --root "$task/bundle/state" --rootless=true --log "$task/runc.log" \
        run --bundle "$task/bundle" task'
    exec setsid /bin/sh -c "$line"
}

start_leader() {
    identify "$task/leader"
    if [ "$isolation" != image ]; then
        for group in "$@"; do
            echo 0 > "$group/cgroup.procs" || exit 1
        done
    fi
    if [ "$isolation" != plain ]; then
        mount -t proc proc /proc || exit 1
        # Without it the machine's name servers are asked alone; the log says why.
        [ ! -s "${0%/*}/resolv.conf" ] || mount --bind "${0%/*}/resolv.conf" /etc/resolv.conf
        [ ! -e "$task/read-only" ] || while IFS= read -r from && IFS= read -r to; do
            mount_read_only "$from" "$sandbox/$to"
        done < "$task/read-only"
    fi
    [ "$isolation" != image ] || start_container
    cd "$sandbox" || exit 1
    umask 022
    exec <> "$input" >> stdout 2>> stderr 3< "$task/launch" 4> "$task/running" || exit 1
    set -- /bin/sh "$task/launch"
    if [ -n "$user" ] || [ -p "$input" ]; then
        at_terminal 'eval "$(cat <&3)"'
        set -- /bin/sh -c "$line"
    fi
    if [ -n "$user" ]; then
        if command -v setpriv > /dev/null; then
            set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups "$@"
        else
            set -- su -s /bin/sh -c "$3" "$user"
        fi
    fi
    command -v setsid > /dev/null && exec setsid "$@"
    exec "$@"
}

if [ -n "$init" ]; then
    # When this pid 1 ends, the kernel kills whatever is left in its namespace.
    identify "$task/init"
    start_leader "$@" &
    wait $!
    exit $?
fi

# Fails where there is one.
set -C
true 2> /dev/null > "$task/claim" || exit 0
set +C
identify "$task/supervisor"
if [ "$isolation" != plain ]; then
    unshare --pid --fork --mount /bin/sh "$0" --init "$task" "$sandbox" "$isolation" "$boot" "$user" "$@" &
else
    start_leader "$@" &
fi
child=$!
wait $child
status=$?

[ "$isolation" != plain ] || kill -s KILL -- "-$child" 2> /dev/null
for group in "$@"; do
    if [ -e "$group/cgroup.kill" ]; then
        echo 1 > "$group/cgroup.kill"
    else
        # A process that forks while the list is read is met in the next round.
        round=0
        while [ $round -lt 100 ] && [ -n "$(cat "$group/cgroup.procs" 2> /dev/null)" ]; do
            # shellcheck disable=SC2046
            kill -s KILL $(cat "$group/cgroup.procs") 2> /dev/null
            round=$((round + 1))
        done
    fi
done
echo "$status" > "$task/exit.tmp" && mv "$task/exit.tmp" "$task/exit"
