import type { RequestHandler } from '@remote-consoles/http-api/express';
import type { ViewerFile } from '@remote-consoles/viewer';

/** Serves the viewer's files, each at exactly one path: nothing is decoded, joined or listed. */
export function viewerPages(files: ReadonlyMap<string, ViewerFile>): RequestHandler {
  return (request, response, next) => {
    const file = request.method === 'GET' || request.method === 'HEAD' ? files.get(request.path) : undefined;
    if (!file) {
      next();
      return;
    }
    response.set(file.headers);
    const smaller = file.compressed.find(({ encoding }) => request.acceptsEncodings(encoding));
    if (smaller) response.set('Content-Encoding', smaller.encoding);
    response.sendFile(smaller?.file ?? file.file, { cacheControl: false }, (error) => {
      if (error && !response.headersSent) next(error);
    });
  };
}
