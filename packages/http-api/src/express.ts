/**
 * Express, as one file that starts fast: the one that the API's router is of.
 *
 * @module
 */

export type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
export { default, Router } from '#express';
