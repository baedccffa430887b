import { join } from 'node:path';
import type { SettingsLevel } from '../doctor/hooks.ts';
import { parseObject } from '../store/file.ts';
import { readRegularFile } from '../store/regularFile.ts';

/** Where settings that may switch hooks off lie, weakest first (Claude Code 2.1.197). */
export interface SettingsPlaces {
  /** Claude's own folder. */
  readonly root: string;
  /** The session's clone; null for what counts in every folder. */
  readonly project: string | null;
  /** The file given to this session with `--settings`; null for none. */
  readonly session: string | null;
  readonly platform: NodeJS.Platform;
}

/** What each of these files says about hooks; one that is not there, or cannot be read, says nothing. */
export function readHookSettings({ root, project, session, platform }: SettingsPlaces): readonly SettingsLevel[] {
  const places: readonly (readonly [SettingsLevel['kind'], string])[] = [
    ['user', join(root, 'settings.json')],
    ...(project === null
      ? []
      : ([
          ['project', join(project, '.claude', 'settings.json')],
          ['local', join(project, '.claude', 'settings.local.json')],
        ] as const)),
    ...(session === null ? [] : ([['session', session]] as const)),
    [
      'managed',
      platform === 'darwin'
        ? '/Library/Application Support/ClaudeCode/managed-settings.json'
        : '/etc/claude-code/managed-settings.json',
    ],
  ];
  return places.map(([kind, path]) => readLevel(kind, path));
}

function readLevel(kind: SettingsLevel['kind'], path: string): SettingsLevel {
  const content = contentOf(path);
  const said = content['disableAllHooks'];
  return {
    path,
    kind,
    disableAllHooks: typeof said === 'boolean' ? said : null,
    managedOnly: kind === 'managed' && content['allowManagedHooksOnly'] === true,
  };
}

function contentOf(path: string): Readonly<Record<string, unknown>> {
  try {
    return parseObject(readRegularFile(path)?.text ?? '') ?? {};
  } catch (error) {
    if (error instanceof Error && 'code' in error) return {};
    throw error;
  }
}
