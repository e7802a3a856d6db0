/** Pods in the shapes of apps and tasks, by Marathon's rules. Pure. */
export const STATUSES = {
  STABLE: {kind: 'running', label: 'Stable', meaning: 'as defined'},
  DEGRADED: {kind: 'waiting', label: 'Degraded', meaning: 'not all instances that are wanted run and are healthy'},
  TERMINAL: {kind: 'suspended', label: 'Terminal', meaning: 'it is being deleted'},
};

/**
 * The containers of all instances, in the fields of `/v2/tasks`.
 *
 * @param pod its status, as `/v2/pods/::status` has it
 */
export function containers(pod) {
  return pod.instances.flatMap((instance) =>
    instance.containers.map(({name, status, statusSince, containerId, endpoints, conditions}) => ({
      id: containerId,
      name,
      state: status,
      startedAt: statusSince,
      host: instance.agentHostname,
      slaveId: instance.agentId,
      ports: (endpoints ?? []).map(({allocatedHostPort}) => allocatedHostPort).filter(Boolean),
      version: pod.spec.version,
      healthy: conditions.find((condition) => condition.name === 'healthy')?.value,
      healthCheckResults: [],
    })),
  );
}

/** The container with this id, whose pod has the id `podId`, if both are there. */
export function containerOf(id, podId, pods) {
  const pod = pods?.find((one) => one.id === podId);
  return pod && containers(pod).find((container) => container.id === id);
}
