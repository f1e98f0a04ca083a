export type { CompressedFile, ViewerFile } from './viewer-file.js';
export { type ViewerOptions, viewerFiles } from './viewer-files.js';
export { VIEWER_PAGES, type ViewerPage, type ViewerPageType } from './viewer-page.js';
export { WmksFilesError } from './wmks-files.js';
