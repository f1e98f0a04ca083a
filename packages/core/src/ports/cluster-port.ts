import type { ClusterMessages } from './cluster-messages.js';
import type { SessionDirectory } from './session-directory.js';

/** What processes that share a token store share besides tokens. It ends with the token store that it came with. */
export interface ClusterPort {
  readonly sessions: SessionDirectory;
  readonly messages: ClusterMessages;
}
