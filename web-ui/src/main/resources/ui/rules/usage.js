/** What a task uses, in words. Pure. */
import {bytes, cpus} from '../words.js';

/**
 * @param statistics by the names of Mesos; what was not measured is not there
 * @returns {{name: string, value: string}[]}
 */
export function figures(statistics) {
  const {
    cpus_used: used,
    cpus_limit: share,
    cpus_user_time_secs: user,
    cpus_system_time_secs: system,
    mem_rss_bytes: rss,
    mem_total_bytes: total,
    mem_limit_bytes: memory,
    disk_used_bytes: disk,
    disk_limit_bytes: quota,
    net_rx_bytes: received,
    net_tx_bytes: sent,
  } = statistics;
  return [
    {name: 'CPU', value: used === undefined ? '' : of(cpus(Math.round(used * 100) / 100), share && cpus(share))},
    {name: 'CPU time', value: user === undefined ? '' : `${Math.round((user + system) * 10) / 10} s`},
    {name: 'Memory', value: sized(rss ?? total, memory)},
    {name: 'Disk', value: sized(disk, quota)},
    {name: 'Network', value: received === undefined ? '' : `${bytes(received)} received, ${bytes(sent)} sent`},
  ].filter(({value}) => value !== '');
}

function sized(used, limit) {
  return used === undefined ? '' : of(bytes(used), limit && bytes(limit));
}

function of(used, limit) {
  return limit ? `${used} of ${limit}` : used;
}
