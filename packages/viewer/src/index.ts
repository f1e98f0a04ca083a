export { type CompressedFile, type ViewerFile, type ViewerOptions, viewerFiles } from './viewer-files.js';
export { VIEWER_PAGES, type ViewerPage, type ViewerPageType } from './viewer-page.js';
