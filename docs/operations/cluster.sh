# shellcheck shell=bash
# A cluster of processes on this machine and the job on it, as bash functions; docs/operations.md uses all of them.
# Source it: TALLYMARK_DIR=… . "$TALLYMARK_DIR/cluster.sh". It needs bash, curl, jq and a JDK.
#
#   jobmanager, taskmanager         run in the foreground, for a terminal or a systemd unit of their own
#   start NAME, stop NAME           the same in the background on this machine; NAME is jobmanager, taskmanager, taskmanager-2, …
#   flink …                         Flink's command line
#   run_job RELEASE STATE [OPTION…] starts a release on a savepoint or checkpoint; STATE is "empty" the first time only
#   checkpoint                      waits until the job has made a checkpoint from now on
#   stop_job                        stops the job with a savepoint
#   back_up FILE                    dumps the database into FILE; FILE.savepoint then names the release and savepoint that belong to it
#   last_backup                     the newest FILE of which both are there
#   current_release, savepoint_of RELEASE, last_state    what the deployment's file history knows
#   replay_hours RELEASE DAYS       options of `tallymark replay`: the hours into which a release may have counted

: "${TALLYMARK_DIR:?name the directory of the deployment}"
# As the processes name it in their command lines, even if a link leads there.
TALLYMARK_DIR=$(cd "$TALLYMARK_DIR" && pwd -P)
export TALLYMARK_DIR
export FLINK_CONF_DIR=$TALLYMARK_DIR/conf
export TALLYMARK_CONFIG=$TALLYMARK_DIR/current/tallymark.yaml

# flink_java WRAPPER… -- LOG4J_FILE JVM_OPTION… MAIN_CLASS ARGUMENT…
flink_java() {
  local wrapper=() log4j opens
  while [ "$1" != -- ]; do wrapper+=("$1"); shift; done
  log4j=$2
  shift 2
  opens=$(sed -n 's/^ *\(--add-[^ ]*\)$/\1/p' "$FLINK_CONF_DIR/config.yaml")
  # shellcheck disable=SC2086 # one word each
  "${wrapper[@]}" "${JAVA_HOME:+$JAVA_HOME/bin/}java" $opens -Djava.io.tmpdir="$TALLYMARK_DIR/tmp" \
    -Dlog4j.configurationFile="$FLINK_CONF_DIR/$log4j" -cp "$TALLYMARK_DIR/lib/*" "$@"
}

# The sizes are those that Flink's scripts compute from config.yaml. Who changes them there sets them in environment.sh, too, which no
# upgrade overwrites: the heap of a TaskManager is task heap and framework heap together, its direct memory all off-heap and network.
jobmanager() {
  flink_java "$@" -- log4j-console.properties -Xmx"${JOBMANAGER_HEAP:-1024m}" -XX:MaxMetaspaceSize="${JOBMANAGER_METASPACE:-256m}" \
    org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint -c "$FLINK_CONF_DIR"
}

taskmanager() {
  flink_java "$@" -- log4j-console.properties -Xmx"${TASKMANAGER_HEAP:-768m}" -XX:MaxDirectMemorySize="${TASKMANAGER_DIRECT:-384m}" \
    -XX:MaxMetaspaceSize="${TASKMANAGER_METASPACE:-256m}" \
    org.apache.flink.runtime.taskexecutor.TaskManagerRunner -c "$FLINK_CONF_DIR"
}

# Over within seconds: before the optimising compiler has paid for itself.
flink() {
  flink_java env -- log4j-cli.properties -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog.file="$TALLYMARK_DIR/log/client.log" \
    org.apache.flink.client.cli.CliFrontend "$@"
}

# Several machines see this directory, and a process id means something on one of them only.
pid_file() { echo "$TALLYMARK_DIR/run/$(uname -n)/$1.pid"; }

# By its command line, too: the process may have ended with this machine, and its number be a stranger's by now.
is_alive() {
  local pid
  pid=$(cat "$(pid_file "$1")" 2>/dev/null) && [ -n "$pid" ] || return 1
  { tr '\0' ' ' <"/proc/$pid/cmdline" || ps -ww -o args= -p "$pid"; } 2>/dev/null | grep -qF -- "$TALLYMARK_DIR/"
}

# Returns when the JobManager answers or the TaskManager is registered. The log of the run before is kept as NAME.log.1.
start() {
  local name=$1 pid log ready end=$((SECONDS + 180))
  pid=$(pid_file "$name")
  log=$TALLYMARK_DIR/log/$(uname -n)/$name.log
  case $name in
    jobmanager) ready="Rest endpoint listening at" ;;
    taskmanager | taskmanager-*) ready="Successful registration at resource manager" ;;
    *) echo "start: jobmanager, taskmanager or taskmanager-N, not $name" >&2; return 2 ;;
  esac
  if is_alive "$name"; then echo "start: $name runs already, process $(cat "$pid")" >&2; return 1; fi
  rm -f "$pid"
  mkdir -p "$(dirname "$pid")" "$(dirname "$log")"
  [ ! -e "$log" ] || mv "$log" "$log.1"
  # It outlives this terminal, and its process id is java's own.
  (trap '' HUP; "${name%%-*}" sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec "$@"' "$pid" </dev/null >"$log" 2>&1) &
  until grep -q "$ready" "$log" 2>/dev/null; do
    if [ -e "$pid" ] && ! is_alive "$name" || ((SECONDS > end)); then
      tail -n 20 "$log" >&2
      echo "start: $name did not get ready; see $log" >&2
      return 1
    fi
    sleep 0.2
  done
  echo "start: $name is ready, process $(cat "$pid"), log $log"
}

stop() {
  local name=$1 end=$((SECONDS + 60))
  if is_alive "$name"; then kill "$(cat "$(pid_file "$name")")"; fi
  while is_alive "$name"; do
    if ((SECONDS > end)); then echo "stop: $name has not ended within a minute" >&2; return 1; fi
    sleep 0.2
  done
  rm -f "$(pid_file "$name")"
  echo "stop: $name has ended"
}

rest() {
  local path=$1
  shift
  curl -sS --noproxy '*' --fail-with-body "http://127.0.0.1:$(sed -n 's/^rest\.port: *//p' "$FLINK_CONF_DIR/config.yaml")$path" "$@"
}

# The job that meters: one that only reports may run beside it. Not only if it runs: one that restarts all the time is there, too.
present_job() {
  local jobs
  jobs=$(rest /jobs/overview) || return 1
  jq -r '[.jobs[] | select((.name | IN("tallymark", "tallymark-metering")) and (.state | IN("FINISHED", "CANCELED", "FAILED") | not))][0].jid // empty' <<<"$jobs"
}

# A line for each start and stop of the job: time, started or stopped, release, job id, savepoint or checkpoint.
remember() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*" >>"$TALLYMARK_DIR/history"; }
last_line() { tail -n 1 "$TALLYMARK_DIR/history"; }
current_release() { last_line | cut -d ' ' -f 3; }

# The savepoint with which the release was stopped last.
savepoint_of() {
  awk -v release="$1" '$2 == "stopped" && $3 == release { path = $5 } END { if (path == "") exit 1; print path }' "$TALLYMARK_DIR/history" || {
    echo "savepoint_of: no savepoint of release $1 in $TALLYMARK_DIR/history" >&2
    return 1
  }
}

# The newest savepoint or checkpoint of a job, as it lies in the directory: whoever was interrupted wrote nothing down.
newest_state() {
  local newest
  # shellcheck disable=SC2012 # names are Flink's own
  newest=$(ls -t "$TALLYMARK_DIR/state/checkpoints/$1"/chk-*/_metadata "$TALLYMARK_DIR/state/savepoints/savepoint-${1:0:6}"-*/_metadata 2>/dev/null | head -n 1) || true
  [ -z "$newest" ] || echo "file://$(dirname "$newest")"
}

# From where to go on: the savepoint of a job that was stopped; of one that was lost its newest state, or what it began with.
last_state() {
  local time event release job state newest
  read -r time event release job state < <(last_line)
  if [ "$event" = started ]; then
    newest=$(newest_state "$job")
    state=${newest:-$state}
  fi
  echo "$state"
}

# A late event is counted into its own hour, so those of some days before are among them.
replay_hours() {
  local start
  start=$(awk -v release="$1" '$2 == "started" && $3 == release { print $1; exit }' "$TALLYMARK_DIR/history")
  if [ -z "$start" ]; then echo "replay_hours: release $1 never ran, says $TALLYMARK_DIR/history" >&2; return 1; fi
  jq -nr --arg start "$start" --argjson days "$2" \
    '"--from " + (($start | fromdate) - $days * 86400 | strftime("%Y-%m-%d")) + " --to " + (now + 86400 | strftime("%Y-%m-%d"))'
}

run_job() {
  local release=$1 state=$2 directory=$TALLYMARK_DIR/releases/$1 present answer command=(run -d)
  shift 2
  present=$(present_job) || return 1
  # Two would fence each other out of the table.
  if [ -n "$present" ]; then echo "run_job: job $present is there already; stop_job first" >&2; return 1; fi
  case $state in
    empty) ;;
    *:/* | /*) command+=(-s "$state") ;;
    *) echo "run_job: the state is the path of a savepoint or checkpoint, or the word empty, not '$state'" >&2; return 2 ;;
  esac
  command+=("$@" "$directory/tallymark-job.jar" --config "$directory/tallymark.yaml")
  echo "flink ${command[*]}"
  answer=$(flink "${command[@]}") || { echo "$answer"; return 1; }
  echo "$answer"
  ln -sfn "releases/$release" "$TALLYMARK_DIR/current"
  remember started "$release" "$(sed -n 's/.*JobID \([0-9a-f]\{32\}\).*/\1/p' <<<"$answer")" "$state"
}

# Run once more after it was interrupted it writes down what became of the job.
stop_job() {
  local job answer
  job=$(present_job) || return 1
  if [ -z "$job" ]; then note_stop; return; fi
  echo "flink stop $job"
  if answer=$(flink stop "$job"); then
    echo "$answer"
    remember stopped "$(current_release)" "$job" "$(sed -n 's/^Savepoint completed\. Path: *//p' <<<"$answer")"
  else
    echo "$answer"
    await_stop "$job" && note_stop
  fi
}

# Flink's client may have given up while Flink goes on with the savepoint, and then ends the job.
await_stop() {
  local job=$1 present busy quiet=0 end=$((SECONDS + 600))
  echo "stop_job: waiting for what becomes of job $job" >&2
  while present=$(present_job) && [ -n "$present" ]; do
    busy=$(rest "/jobs/$job/checkpoints" | jq -r .counts.in_progress) || return 1
    quiet=$((busy == 0 ? quiet + 1 : 0))
    if ((quiet > 5 || SECONDS > end)); then
      echo "stop_job: job $job goes on as it was; the dashboard says why, under Checkpoints" >&2
      return 1
    fi
    sleep 1
  done
  [ -z "$present" ]
}

note_stop() {
  local time event release job state
  read -r time event release job state < <(last_line 2>/dev/null) || true
  state=$([ "$event" != started ] || newest_state "$job")
  case $state in
    */savepoint-*) ;;
    *) echo "stop_job: there is no job, and none that ended with a savepoint; last_state says from where to go on" >&2; return 1 ;;
  esac
  remember stopped "$release" "$job" "$state"
  echo "stop_job: job $job has ended with $state"
}

# The savepoint first: what the job writes after it, it writes again. Not one of the two without the other.
back_up() {
  local file=$1 job release answer savepoint
  job=$(present_job) || return 1
  if [ -z "$job" ]; then echo "back_up: there is no job" >&2; return 1; fi
  release=$(current_release)
  mkdir -p "$(dirname "$file")"
  rm -f "$file" "$file.savepoint"
  answer=$(flink savepoint "$job") || { echo "$answer"; return 1; }
  echo "$answer"
  savepoint=$(sed -n 's/^Savepoint completed\. Path: *//p' <<<"$answer")
  if [ -z "$savepoint" ]; then echo "back_up: Flink named no savepoint" >&2; return 1; fi
  pg_dump --format=custom --file="$file" || { echo "back_up: pg_dump failed; there is no backup" >&2; return 1; }
  echo "$release $savepoint" >"$file.savepoint"
  echo "back_up: $file and $file.savepoint belong together"
}

last_backup() {
  local newest
  # shellcheck disable=SC2012 # names are dates
  newest=$(ls -t "$TALLYMARK_DIR"/backups/*.savepoint 2>/dev/null | head -n 1) || true
  if [ -z "$newest" ]; then echo "last_backup: none in $TALLYMARK_DIR/backups" >&2; return 1; fi
  echo "${newest%.savepoint}"
}

# That it completes shows that every task runs, and that Kafka, the table and the directory of state take what they are given.
checkpoint() {
  local job trigger answer end=$((SECONDS + 180))
  job=$(present_job) || return 1
  if [ -z "$job" ]; then
    job=$(last_line | cut -d ' ' -f 4)
    echo "checkpoint: there is no job; what job $job said last:" >&2
    said "$job"
    return 1
  fi
  while ((SECONDS < end)); do
    trigger=$(rest "/jobs/$job/checkpoints" -H 'Content-Type: application/json' -d '{}' 2>/dev/null | jq -r '."request-id" // empty') || true
    answer=
    while [ -n "$trigger" ] && ((SECONDS < end)); do
      answer=$(rest "/jobs/$job/checkpoints/$trigger" 2>/dev/null) || true
      [ "$(jq -r '.status.id // empty' <<<"$answer" 2>/dev/null)" = COMPLETED ] && break
      sleep 0.2
    done
    if [ -n "$(jq -r '.operation.checkpointId // empty' <<<"$answer" 2>/dev/null)" ]; then
      echo "checkpoint: $(jq -r .operation.checkpointId <<<"$answer") of job $job is complete"
      return 0
    fi
    # Not all tasks run yet, or the job has just restarted.
    sleep 1
  done
  echo "checkpoint: none within three minutes; what job $job says:" >&2
  said "$job"
  return 1
}

said() { rest "/jobs/$1/exceptions" | jq -r '.exceptionHistory.entries[0].stacktrace // "nothing"' | head -n 20 >&2; }
