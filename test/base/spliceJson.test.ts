import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spliceJson } from '../../src/base/spliceJson.ts';

const PATH = ['projects', '/w/a', 'hasTrustDialogAccepted'];

/** The same done with objects. */
function expected(value: Record<string, unknown>): unknown {
  const projects = (value['projects'] ?? {}) as Record<string, Record<string, unknown>>;
  return { ...value, projects: { ...projects, '/w/a': { ...projects['/w/a'], hasTrustDialogAccepted: true } } };
}

describe('setting one member of a JSON text', () => {
  it.each([
    ['{}', '{\n  "projects": {\n    "/w/a": {\n      "hasTrustDialogAccepted": true\n    }\n  }\n}'],
    ['{"a":1}', '{"a":1,"projects":{"/w/a":{"hasTrustDialogAccepted":true}}}'],
    [
      '{\n  "a": 1\n}\n',
      '{\n  "a": 1,\n  "projects": {\n    "/w/a": {\n      "hasTrustDialogAccepted": true\n    }\n  }\n}\n',
    ],
    [
      '{\r\n\t"projects": {}\r\n}',
      '{\r\n\t"projects": {\r\n\t\t"/w/a": {\r\n\t\t\t"hasTrustDialogAccepted": true\r\n\t\t}\r\n\t}\r\n}',
    ],
    [
      '{"projects": {"/w/a": {"x": [1, {"y": "}"}], "hasTrustDialogAccepted": false}}, "n": 1.0}',
      '{"projects": {"/w/a": {"x": [1, {"y": "}"}], "hasTrustDialogAccepted": true}}, "n": 1.0}',
    ],
    [
      '{"n":12345678901234567890,"projects":{"/w/a":{"2":0,"1":0}}}',
      '{"n":12345678901234567890,"projects":{"/w/a":{"2":0,"1":0,"hasTrustDialogAccepted":true}}}',
    ],
    [
      '{"projects":{"\\u002fw/a":{"hasTrustDialogAccepted":false}}}',
      '{"projects":{"\\u002fw/a":{"hasTrustDialogAccepted":true}}}',
    ],
    [
      '{"projects":{"/w/a":{}},"projects":{"/w/a":{"b":"\\""}}}',
      '{"projects":{"/w/a":{}},"projects":{"/w/a":{"b":"\\"","hasTrustDialogAccepted":true}}}',
    ],
    ['\ufeff{"a":1}', '\ufeff{"a":1,"projects":{"/w/a":{"hasTrustDialogAccepted":true}}}'],
  ])('leaves all else as it is: %j', (text, wanted) => {
    expect(spliceJson(text, PATH, true)?.replaceAll('\r\n', '\n')).toBe(wanted.replaceAll('\r\n', '\n'));
  });

  it.each(['', '{', 'null', '[]', '7', '{"projects":[]}', '{"projects":null}', '{"projects":{"/w/a":"yes"}}'])(
    'refuses what has no place for it: %j',
    (text) => {
      expect(spliceJson(text, PATH, true)).toBeNull();
    },
  );

  const json = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('projects2', '1', '{')),
    fc.jsonValue(),
  ) as fc.Arbitrary<Record<string, unknown>>;
  const project = fc.dictionary(fc.constantFrom('hasTrustDialogAccepted', 'x', '}"'), fc.jsonValue());
  const config = fc
    .tuple(json, fc.option(fc.dictionary(fc.constantFrom('/w/a', '/w/b', '9', '\\'), project)))
    .map(([rest, projects]) => (projects === null ? rest : { ...rest, projects }));

  it('means the same as doing it to the parsed object, in whatever layout it was written', () => {
    fc.assert(
      fc.property(config, fc.constantFrom(0, 1, 2, '\t'), (value, space) => {
        const own = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const text = JSON.stringify(own, null, space);
        const made = spliceJson(text, PATH, true) ?? '';
        expect(JSON.stringify(JSON.parse(made))).toBe(JSON.stringify(expected(own)));
        // Written as Claude Code writes it, it comes out as Claude Code would write it.
        if (Object.keys(own).length > 0)
          expect(made).toBe(JSON.stringify(expected(JSON.parse(text) as Record<string, unknown>), null, space));
        expect(spliceJson(made, PATH, true)).toBe(made);
      }),
    );
  });
});
