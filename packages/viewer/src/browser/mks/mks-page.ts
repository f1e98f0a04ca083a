import { startVnc } from '../vnc/start-vnc.js';

// VMware's consoles are RFB on a WebSocket that speaks `binary`; noVNC knows VMware's own pointer encoding.
startVnc({ name: 'MKS console', subprotocol: 'binary' });
