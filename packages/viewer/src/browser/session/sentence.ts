/** What happened to a console, in words for the person in front of it. */
export interface Explanation {
  /** One sentence without jargon. */
  readonly title: string;
  /** What to do now. */
  readonly advice: string;
  /** What to tell an operator: the gateway's own text, codes, the request id. Shown small, line by line, as text. */
  readonly details?: readonly string[];
  /** `ended`: somebody or something finished it in order; `failed`: it should have worked. */
  readonly tone: 'ended' | 'failed';
  /** `retry`: by itself, with back-off; `reconnect`: when asked; `ask-again`: only a new console URL helps. */
  readonly next: 'retry' | 'reconnect' | 'ask-again';
}

/** An explanation before it is known what the machine or the gateway said. */
export type Sentence = Omit<Explanation, 'details'>;

export const NEW_URL = 'Ask for a new console URL.';
/** It should have worked. */
export const failed = (title: string, advice: string, next: Explanation['next'] = 'reconnect'): Sentence => ({
  title,
  advice,
  tone: 'failed',
  next,
});
/** Somebody or something finished it in order. */
export const ended = (title: string, advice: string, next: Explanation['next'] = 'ask-again'): Sentence => ({
  title,
  advice,
  tone: 'ended',
  next,
});

const PART_LENGTH = 300;

/** Adds what an operator wants to know: each part cut, the empty ones left out. */
export function withDetails(sentence: Sentence, parts: readonly (string | undefined)[]): Explanation {
  const details = parts
    .map((part) => part?.trim().slice(0, PART_LENGTH))
    .filter((part) => part !== undefined)
    .filter((part) => part !== '');
  return details.length === 0 ? sentence : { ...sentence, details };
}
