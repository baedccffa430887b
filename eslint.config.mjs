import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/** The rooms of the house; test/architecture.test.ts holds the same table against the whole import graph. */
const house = JSON.parse(readFileSync(new URL('test/house.json', import.meta.url), 'utf8'));
const pureFiles = Object.keys(house.pure).map((room) => `src/${room}/**/*.ts`);

const tail = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60 }],
  'max-params': ['error', 4],
  complexity: ['error', 20],
};

const clarity = {
  eqeqeq: 'error',
  'no-console': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'no-control-regex': 'error',
};

const typed = {
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  // Numbers in messages are wanted; everything else in a template string must be text.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // `_` names what a signature asks for and the body does not need.
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

const pure = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { regex: '^(node:|execa$|simple-git$|commander$)', message: 'A pure room takes values, it does no IO.' },
      ],
    },
  ],
  'no-restricted-globals': [
    'error',
    'process',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'fetch',
    'performance',
    'crypto',
    'Buffer',
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'The time comes in as an argument.' },
    { object: 'Math', property: 'random', message: 'Ids come in as arguments.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'The time comes in as an argument.' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/**/golden/', 'test/**/fixtures/'] },
  { files: ['**/*.{mjs,ts}'], extends: [tseslint.configs.strict], rules: { ...tail, ...clarity } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'vitest.config.ts'],
    extends: [tseslint.configs.strictTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typed,
  },
  { files: pureFiles, rules: pure },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['scripts/**/*.mjs'], rules: { 'no-console': 'off' } },
);
