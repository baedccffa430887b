import type { Reporter, TestCase } from 'vitest/node';

/** Names the tests that passed at their second attempt only: each has a race that is still to be found. */
export default class SecondTry implements Reporter {
  private readonly tests: TestCase[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.tests.push(test);
  }

  onTestRunEnd(): void {
    if (this.tests.length === 0) return;
    const lines = this.tests.map(
      (test) =>
        `  ${test.module.relativeModuleId} > ${test.fullName}\n    ${test.result().errors?.[0]?.message.split('\n')[0] ?? ''}\n`,
    );
    process.stdout.write(`\npassed at the second attempt:\n${lines.join('')}`);
  }
}
