import { ConsoleError } from '../errors.js';
import type { ConsoleSession } from './console-session.js';

/** What sessions are counted by, in the order in which the limits are looked at. */
export const SESSION_SUBJECTS = ['token', 'server', 'user', 'project'] as const;
export type SessionSubject = (typeof SESSION_SUBJECTS)[number];

/** How many sessions each may have at once; a subject that is absent has no limit. */
export type SessionLimits = Readonly<Partial<Record<SessionSubject, number>>>;

/** Which token, server, user and project a session counts for. */
export function subjectOf(session: ConsoleSession, subject: SessionSubject): string {
  switch (subject) {
    case 'token':
      return session.digest;
    case 'server':
      return session.serverId;
    case 'user':
      return session.userId;
    case 'project':
      return session.projectId;
  }
}

const REASONS: Readonly<Record<SessionSubject, string>> = {
  token: 'too many consoles are open with this token',
  server: 'too many consoles of this server are open',
  user: 'this user has too many consoles open',
  project: 'this project has too many consoles open',
};

export const sessionLimitExceeded = (subject: SessionSubject): ConsoleError =>
  new ConsoleError('limit-exceeded', `${REASONS[subject]}; close one and try again`);
