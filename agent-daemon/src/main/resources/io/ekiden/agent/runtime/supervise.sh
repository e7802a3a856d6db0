#!/bin/sh
# Runs one native task, outlives the agent, and writes down how the task ended.
#
#   supervise.sh TASK_DIR SANDBOX plain|pidns BOOT_ID USER [CGROUP_DIR...]
#
# In TASK_DIR (complete when they end with a newline):
#   claim/      made by whoever decides about this launch: this script, or an agent that gave it up
#   supervisor  "pid starttime bootid" of this script          init     of the namespace's pid 1
#   leader      of the task's first process                    running  written right before its exec
#   exit        how it ended, as a shell says it; written last, when nothing of it is left
# The launch script (TASK_DIR/launch) is read through descriptor 3, so that a task of another user
# needs no right to the file.

[ "$1" = --init ] && { init=yes; shift; } || init=
task=$1 sandbox=$2 isolation=$3 boot=$4 user=$5
shift 5

# /proc/self is the shell that reads it, numbered as the machine does while /proc is the machine's.
identify() {
    read -r stat < /proc/self/stat
    pid=${stat%% *}
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- "$1" $stat
    echo "$pid ${21} $boot" > "$1"
}

start_leader() {
    identify "$task/leader"
    for group in "$@"; do
        echo 0 > "$group/cgroup.procs" || exit 1
    done
    [ "$isolation" != pidns ] || mount -t proc proc /proc || exit 1
    cd "$sandbox" || exit 1
    umask 022
    exec < /dev/null >> stdout 2>> stderr 3< "$task/launch" 4> "$task/running" || exit 1
    set -- /bin/sh -c 'eval "$(cat <&3)"'
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

mkdir "$task/claim" 2> /dev/null || exit 0
identify "$task/supervisor"
if [ "$isolation" = pidns ]; then
    unshare --pid --fork --mount /bin/sh "$0" --init "$task" "$sandbox" pidns "$boot" "$user" "$@" &
else
    start_leader "$@" &
fi
child=$!
wait $child
status=$?

[ "$isolation" = pidns ] || kill -s KILL -- "-$child" 2> /dev/null
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
