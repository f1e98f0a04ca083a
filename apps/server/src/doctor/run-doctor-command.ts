import type { ConsoleType } from '@remote-consoles/core';
import type { ConfigFile } from '../config/read-config.js';
import { runDoctor } from './doctor.js';
import { JsonReport } from './json-report.js';
import { TextReport } from './text-report.js';

export interface DoctorOptions {
  readonly server?: string;
  readonly type?: ConsoleType;
  readonly json?: boolean;
}

/** Prints what the doctor finds. @returns whether all is well */
export async function runDoctorCommand(
  file: ConfigFile,
  { json, ...complaint }: DoctorOptions,
): Promise<boolean> {
  const write = (text: string) => void process.stdout.write(text);
  const report = json ? new JsonReport(write) : new TextReport(write, process.stdout.columns);
  const well = await runDoctor(file, complaint, (leg) => report.add(leg));
  report.end(well);
  return well;
}
