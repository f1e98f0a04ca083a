import { startVnc } from './start-vnc.js';

startVnc({ name: 'VNC console' });
