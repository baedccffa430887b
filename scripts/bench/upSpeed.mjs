import { fleetContestants, PANE_COUNTS } from './fleets.mjs';
import { raceMedians } from './measure.mjs';
import { milliseconds } from './page.mjs';

const TARGETS = { 5: 0.6, 15: 0.35, 50: 0.35 };

/** `up` without cloning, from the command to its end with every pane there, against the faster of the peers. */
export async function upSpeed(world, { rounds, peers }) {
  const races = [];
  for (const count of PANE_COUNTS) {
    races.push({ count, times: await raceMedians(await fleetContestants(world, { count, peers }), rounds) });
  }
  const names = [...races[0].times.keys()];
  return {
    title: '`up` without cloning',
    text: 'Panes that run `sleep 1000` in one checkout. Measured: the command, from its start to its end; a run with a pane missing is an error, a run that a peer ends with an error is repeated. The last column is `up` against the faster of the peers.',
    table: {
      head: ['panes', ...names, 'ratio'],
      rows: races.map(({ count, times }) => [
        count,
        ...names.map((name) => milliseconds(times.get(name))),
        peers.length > 0 ? ratio(times, peers).toFixed(2) : '–',
      ]),
    },
    checks:
      peers.length > 0
        ? races.map(({ count, times }) => ({
            what: `${count} panes`,
            value: ratio(times, peers),
            target: TARGETS[count],
          }))
        : [],
  };
}

function ratio(times, peers) {
  return times.get('claude-tmux up') / Math.min(...peers.map(({ name }) => times.get(name)));
}
