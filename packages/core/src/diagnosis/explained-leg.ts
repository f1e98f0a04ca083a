import type { DiagnosisLeg, LegResult } from '../ports/diagnosis-port.js';

/**
 * A leg whose errors are first put into the hypervisor's own terms.
 *
 * @param explain what to say of an error; undefined where it is none of the hypervisor's, which the runner explains
 */
export function explainedLeg(
  name: string,
  explain: (error: unknown) => LegResult | undefined,
  work: () => Promise<LegResult>,
): DiagnosisLeg {
  const run = async (): Promise<LegResult> => {
    try {
      return await work();
    } catch (error) {
      const explained = explain(error);
      if (explained) return explained;
      throw error;
    }
  };
  return { name, run };
}
