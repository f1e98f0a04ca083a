export { encodePng, isPng, type RgbPicture } from './encode-png.js';
