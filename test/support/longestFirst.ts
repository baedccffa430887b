import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files take long, the longest first: whole programs that wait for one another. All others come after them. */
const LONG = ['system', 'e2e', 'git', 'watch', 'plugin'];

/** What takes long is begun early, so that at the end no processor waits for one long file. Without a record of earlier runs a file's length stands for its time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((folder) => moduleId.includes(`/test/${folder}/`));
  return at === -1 ? LONG.length : at;
}
