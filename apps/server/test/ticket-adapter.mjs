/**
 * A hypervisor whose consoles are behind tickets that do not work, the ways in which they do not being those that put
 * an address into an error most easily. Written as a third party would: without our packages.
 */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };

function create({ servers }, { name }) {
  const find = (id) => servers.find((server) => server.id === id);
  const asServer = ({ id }) => ({ id, name: 'ticketed', projectId: 'p-1', host: 'here', vmState: 'active' });
  return {
    name,
    findServer: async (id) => find(id) && asServer(find(id)),
    listServers: async () => servers.map(asServer),
    openConsole: async ({ id }, type) => ({
      serverId: id,
      type,
      transport: { kind: 'websocket', url: find(id).url },
      security: { kind: 'none' },
      connectInfo: {
        host: 'here',
        port: 443,
        tlsPort: null,
        internalAccessPath: new URL(find(id).url).pathname,
      },
    }),
    watch: () => () => {},
    check: async () => {
      throw new Error('nobody is there');
    },
    close: async () => {},
  };
}

export default { configSchema: anything, create };
