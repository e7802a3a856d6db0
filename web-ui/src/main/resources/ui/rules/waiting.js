/** Why an app's instances wait, in words: the reasons of `/v2/queue` (Marathon's `rejectSummaryLastOffers`). Pure. */
import {count, cpus, mebibytes} from '../words.js';

const CAUSES = {
  UnfulfilledRole: () => 'Not of its role',
  UnfulfilledConstraint: (app) => `Outside its constraints ${(app.constraints ?? []).map((c) => c.join(':')).join(', ')}`,
  NoCorrespondingReservationFound: () => 'None of its volumes is there',
  AgentMaintenance: () => 'Draining or in maintenance',
  InsufficientCpus: (app) => `Too little free CPU: an instance needs ${cpus(app.cpus)}`,
  InsufficientMemory: (app) => `Too little free memory: an instance needs ${mebibytes(app.mem)}`,
  InsufficientDisk: (app) => `Too little free disk: an instance needs ${mebibytes(app.disk)}`,
  InsufficientGpus: (app) => `Too few free GPUs: an instance needs ${app.gpus}`,
  InsufficientPorts: () => 'The ports it asks for are taken or not offered',
  DeclinedScarceResources: () => 'GPUs are kept for apps that ask for them',
};

/**
 * @param queued an item of `/v2/queue`
 * @returns {{cause: string, agents: string}[]} in the order in which an agent is judged
 */
export function turnedDown(queued, app) {
  const summary = queued.processedOffersSummary?.rejectSummaryLastOffers ?? [];
  const looked = Math.max(0, ...summary.map((step) => step.processed));
  return summary
    .filter((step) => step.declined > 0)
    .map((step) => ({
      cause: CAUSES[step.reason]?.(app) ?? step.reason,
      agents: `${step.declined} of ${count(looked, 'agent')}`,
    }));
}
