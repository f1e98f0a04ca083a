import type { ClusterMessage, ClusterMessages } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, eventually, rejectsWith } from '../expectations.js';
import type { ClusterHarness } from './cluster-harness.js';

/** ms within which the other processes are told */
const TOLD = 1000;

const END: ClusterMessage = { kind: 'end-server', serverId: 'a server / "ü" *', event: 'migrated' };
const TERMINATE: ClusterMessage = { kind: 'terminate-session', sessionId: 'session-1' };

/** What a process is told from now on. */
function listen(messages: ClusterMessages) {
  const heard: ClusterMessage[] = [];
  const stop = messages.receive((message) => heard.push(message));
  return { heard, stop };
}

/** Messages reach everybody who listens. */
export const messageChecks: readonly ContractCheck<ClusterHarness>[] = [
  {
    name: "send: this process's own listeners are told at once, and once",
    run: async ({ cluster: { messages } }) => {
      const listeners = [listen(messages), listen(messages)];
      const sending = messages.send(END);
      for (const { heard } of listeners) expect(heard).toEqual([END]);
      await sending;
      await messages.send(TERMINATE);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const { heard } of listeners) expect(heard).toEqual([END, TERMINATE]);
    },
  },
  {
    name: 'receive: ends with the returned function, for that listener alone',
    run: async ({ cluster: { messages } }) => {
      const [leaves, stays] = [listen(messages), listen(messages)];
      leaves.stop();
      await messages.send(END);
      expect(leaves.heard).toEqual([]);
      expect(stays.heard).toEqual([END]);
    },
  },
  {
    name: 'send: other processes are told within 1 s, in order',
    needs: 'peer',
    run: async ({ cluster, peer = cluster }) => {
      const { heard } = listen(peer.messages);
      const sent = Array.from(
        { length: 50 },
        (_, n): ClusterMessage => ({ ...TERMINATE, sessionId: `s${n}` }),
      );
      for (const message of [END, ...sent]) await cluster.messages.send(message);
      await eventually(TOLD, 'the messages', async () => expect(heard).toEqual([END, ...sent]));
    },
  },
  {
    name: 'unavailable: send says token-store-unavailable, and has told this process all the same',
    needs: 'makeUnavailable',
    run: async ({ cluster: { messages }, makeUnavailable, deadline = DEFAULT_DEADLINE }) => {
      const { heard } = listen(messages);
      await makeUnavailable?.();
      await rejectsWith('token-store-unavailable', 'send', messages.send(END), deadline);
      expect(heard).toEqual([END]);
    },
  },
];
