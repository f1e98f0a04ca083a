#!/usr/bin/env -S node --max-semi-space-size=4
import { createCli } from './cli.js';

await createCli().parseAsync();
