import { hourScenes } from './hourScenes.ts';
import { makeTeller, type Hour } from './hourTeller.ts';

/** An hour of mixed scenes: the same seed is the same hour. */
export function makeHour(seed: number): Hour {
  const teller = makeTeller(seed);
  const scenes = hourScenes(teller);
  teller.is('idle');
  teller.hook('SessionStart', { source: 'startup' });
  teller.says('idle');
  while (teller.now() < 3_600_000) {
    teller.pass(700, 15_000);
    scenes[Math.floor(teller.random() * scenes.length)]?.();
  }
  return teller.told();
}
