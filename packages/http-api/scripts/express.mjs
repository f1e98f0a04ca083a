// What the bundle exports: Express itself is CommonJS.
import express from 'express';

export default express;
export const { Router } = express;
