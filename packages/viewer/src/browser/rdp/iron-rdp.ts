// IronRDP in a file of its own, loaded when the page runs. Only its protocol engine: the web component around it is not
// used, because the page has a screen, a pointer and a keyboard of its own that need no inline styles.
export { Backend, displayControl, enableCredssp, init } from '@devolutions/iron-remote-desktop-rdp';
