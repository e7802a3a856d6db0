/** Tasks in words, by Marathon's rules. Pure. */
import {seconds} from '../words.js';

/** The app of a task, which its id begins with: `shop_web.instance-….1` is one of `/shop/web`. */
export function appOf(taskId) {
  const [, app] = /^(.+)\.(?:instance-|marathon-)[^.]+\./.exec(taskId) ?? [];
  return app ? `/${app.replaceAll('_', '/')}` : '';
}

/** TASK_FAILED → failed */
export function stateWord(state) {
  return state.replace(/^TASK_/, '').replaceAll('_', ' ').toLowerCase();
}

const KINDS = {
  TASK_RUNNING: 'running',
  TASK_STAGING: 'staged',
  TASK_STARTING: 'staged',
  TASK_FINISHED: 'healthy',
  TASK_FAILED: 'unhealthy',
  TASK_ERROR: 'unhealthy',
  TASK_GONE: 'unhealthy',
  TASK_DROPPED: 'unhealthy',
  TASK_UNREACHABLE: 'unhealthy',
};

/** The shape and colour of a state. */
export function stateKind(state) {
  return KINDS[state] ?? 'unknown';
}

/** What a generic check has found; nothing if it has not. */
export function checkWord(result) {
  if (result?.http) return `HTTP status ${result.http.statusCode}`;
  if (result?.tcp) return result.tcp.succeeded ? 'TCP connection' : 'no TCP connection';
  if (result?.command) return `exit code ${result.command.exitCode}`;
  return undefined;
}

/** How long a task that has ended ran; nothing if it never did. */
export function ranFor({startedAt, endedAt}) {
  return startedAt && endedAt ? seconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000) : undefined;
}

/**
 * A task by its id, whether it is there or has ended, in the fields of `/v2/tasks`.
 *
 * @param app as read, or nothing
 * @param ended the app's tasks of `/v2/tasks/ended`, or nothing
 */
export function taskOf(id, app, ended) {
  const live = app?.tasks?.find((task) => task.id === id);
  const past = ended?.find((task) => task.taskId === id);
  if (live && !past) return live;
  return past && {...past, id, healthCheckResults: [], ports: []};
}
