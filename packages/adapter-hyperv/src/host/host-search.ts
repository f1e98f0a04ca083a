/** What one host has. A replica stands back where another host has the VM itself. */
export interface Finding {
  readonly vm: { readonly replica: boolean };
}

/**
 * Takes the first finding that is no replica, without waiting for slower hosts. A replica is taken only when all have
 * answered and none has the VM itself.
 *
 * @param asked one for each host
 * @throws whatever a host failed with, where no finding is sure without its answer
 */
export async function firstFinding<F extends Finding>(
  asked: readonly Promise<F | undefined>[],
): Promise<F | undefined> {
  const sure = asked.map(async (answer) => {
    const found = await answer;
    if (!found || found.vm.replica) throw new Error('not here');
    return found;
  });
  try {
    return await Promise.any(sure);
  } catch {
    const answers = await Promise.allSettled(asked);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    return answers
      .flatMap((answer) => (answer.status === 'fulfilled' && answer.value ? [answer.value] : []))
      .at(0);
  }
}
