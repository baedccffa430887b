// An MCP server over stdio with one tool, `ask`, that asks the user for a name through a form and says how the form ended.
import { createInterface } from 'node:readline';

const SCHEMA = { type: 'object', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] };
const FORM = 'form';

let call = null;
for await (const line of createInterface({ input: process.stdin })) receive(JSON.parse(line));

function receive({ id, method, params, result }) {
  if (method === undefined) {
    if (id === FORM) answer(call, { content: [{ type: 'text', text: `The form: ${JSON.stringify(result)}` }] });
  } else if (method === 'initialize') {
    answer(id, {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'form', version: '1.0.0' },
    });
  } else if (method === 'tools/list') {
    answer(id, {
      tools: [
        { name: 'ask', description: 'Asks the user for a name', inputSchema: { type: 'object', properties: {} } },
      ],
    });
  } else if (method === 'tools/call') {
    call = id;
    send({ id: FORM, method: 'elicitation/create', params: { message: 'Your name?', requestedSchema: SCHEMA } });
  } else if (id !== undefined) {
    answer(id, {});
  }
}

function answer(id, result) {
  send({ id, result });
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
