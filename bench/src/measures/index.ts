import { bulk } from './bulk.js';
import { idle } from './idle.js';
import { keystroke } from './keystroke.js';
import type { Measure } from './measure.js';
import { pingPong } from './ping-pong.js';
import { setUp } from './set-up.js';
import { smallMessages } from './small-messages.js';
import { stalledReader } from './stalled-reader.js';
import { startUp } from './start-up.js';
import { upload } from './upload.js';
import { verification } from './verification.js';

export const MEASURES: readonly Measure[] = [
  startUp,
  idle,
  setUp,
  bulk(1, [
    { atMost: 1.4, times: 'nginx' },
    { atMost: 0.85, times: 'websockify' },
  ]),
  bulk(8, [
    { atMost: 1.3, times: 'nginx' },
    { atMost: 0.9, times: 'websockify' },
  ]),
  upload,
  smallMessages,
  pingPong(1, [], []),
  pingPong(16, [{ atMost: 0.35, times: 'websockify' }], [{ atMost: 0.15, times: 'websockify' }]),
  keystroke,
  stalledReader,
  verification,
];
