/** Where an app and its tasks are reached. Pure. */

/**
 * The service ports that the proxy listens on.
 *
 * @returns {{port: number, name?: string, tcp: boolean}[]}
 */
export function servicePorts(app) {
  const mappings = app.container?.portMappings ?? [];
  const ports =
    mappings.length > 0
      ? mappings.map(({servicePort, name, protocol}) => ({port: servicePort, name, protocol}))
      : (app.portDefinitions ?? []);
  return ports
    .filter(({port}) => Number.isInteger(port) && port > 0)
    .map(({port, name, protocol}) => ({port, name, tcp: (protocol ?? 'tcp').includes('tcp')}));
}

/** `http://host:port/`, or nothing when the host is not one that a browser can open. */
export function httpUrl(host, port) {
  const bare = String(host).replace(/^\[(.*)\]$/, '$1');
  const url = `http://${bare.includes(':') ? `[${bare}]` : bare}:${port}/`;
  return URL.canParse(url) && new URL(url).pathname === '/' ? url : undefined;
}
