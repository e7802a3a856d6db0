/** An app's status by Marathon's rules (Marathon UI, as its documentation lists them). Pure. */
export const STATUSES = {
  waiting: {label: 'Waiting', meaning: 'no agent can take its next instance'},
  delayed: {label: 'Delayed', meaning: 'its tasks failed: the next launch is held back'},
  deploying: {label: 'Deploying', meaning: 'a deployment is changing it'},
  suspended: {label: 'Suspended', meaning: 'no instance is wanted and none runs'},
  running: {label: 'Running', meaning: 'as defined'},
};

/**
 * What keeps an app from launching is said before the deployment that it holds up.
 *
 * @param queued the app's item of `/v2/queue`, if it has one
 * @returns {keyof STATUSES}
 */
export function statusOf(app, queued) {
  if (queued) return queued.delay.overdue ? 'waiting' : 'delayed';
  if (app.deployments.length > 0) return 'deploying';
  if (app.instances === 0 && app.tasksRunning === 0) return 'suspended';
  return 'running';
}
