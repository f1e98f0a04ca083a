import { describe, expect, it } from 'vitest';
import { splitUser } from './authorization.js';

describe('splitUser', () => {
  it('knows both ways in which Windows writes a name', () => {
    expect(splitUser('LAB\\svc')).toEqual({ user: 'svc', domain: 'LAB' });
    expect(splitUser('svc@lab.example')).toEqual({ user: 'svc@lab.example', domain: '' });
    expect(splitUser('svc')).toEqual({ user: 'svc', domain: '' });
    expect(splitUser('.\\svc')).toEqual({ user: 'svc', domain: '.' });
  });
});
