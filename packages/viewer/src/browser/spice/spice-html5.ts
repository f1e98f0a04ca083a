// The LGPL library in a file of its own, loaded when the page runs: build another version of it with these exports and
// put it in this file's place. Nothing of this project's is in the built file but this list.
export { Constants } from '@spice-project/spice-html5/src/enums.js';
export { SpiceMainConn } from '@spice-project/spice-html5/src/main.js';
export { SpiceConn } from '@spice-project/spice-html5/src/spiceconn.js';
export {
  SpiceMiniData,
  SpiceMsgcKeyDown,
  SpiceMsgcMousePosition,
  SpiceMsgcMousePress,
} from '@spice-project/spice-html5/src/spicemsg.js';
