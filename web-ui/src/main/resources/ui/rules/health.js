/** Health of apps and tasks by Marathon's rules. Pure. */
const PARTS = ['healthy', 'unhealthy', 'unknown', 'staged'];

/**
 * How the wanted instances of an app are doing, as the parts of its bar, none of them empty. Tasks beyond the wanted
 * number are over capacity, whatever their health.
 *
 * @returns {{kind: string, tasks: number}[]}
 */
export function healthParts(app) {
  const tasks = {
    healthy: app.tasksHealthy,
    unhealthy: app.tasksUnhealthy,
    unknown: Math.max(0, app.tasksRunning - app.tasksHealthy - app.tasksUnhealthy),
    staged: app.tasksStaged,
  };
  let room = app.instances;
  let over = 0;
  const parts = PARTS.map((kind) => {
    const within = Math.min(tasks[kind], room);
    room -= within;
    over += tasks[kind] - within;
    return {kind, tasks: within};
  });
  parts.push({kind: 'over-capacity', tasks: over}, {kind: 'unscheduled', tasks: room});
  return parts.filter((part) => part.tasks > 0);
}

/** For sorting: how far an app is from all of its instances being healthy, or running where nothing checks them. */
export function shortfall(app) {
  return Math.max(0, app.instances - app.tasksRunning) + app.tasksUnhealthy;
}

/** @returns {{kind: string, label: string, cause?: string}} */
export function taskHealth(task, app) {
  const results = task.healthCheckResults ?? [];
  const failing = results.find((result) => !result.alive);
  if (failing) return {kind: 'unhealthy', label: 'Unhealthy', cause: failing.lastFailureCause};
  if (results.length > 0) return {kind: 'healthy', label: 'Healthy'};
  if ((app.healthChecks ?? []).length > 0) return {kind: 'unknown', label: 'No result yet'};
  return {kind: 'unknown', label: 'Not checked'};
}
