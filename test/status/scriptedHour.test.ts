import { expect, test } from 'vitest';
import { wrongMilliseconds } from './wrongMilliseconds.ts';

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'in a mixed hour (seed %i) no state is wrong for longer than half a second',
  (seed) => {
    const { wrong, worst, changes } = wrongMilliseconds(seed);
    expect(changes).toBeGreaterThan(200);
    expect({ wrong, worst }).toEqual({ wrong: 0, worst: '' });
  },
);
