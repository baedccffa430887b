/** Texts of Claude Code's start-up dialogs (2.1.197), each with what it asks. While one is open there is no hook and no registry entry. */
const DIALOGS: readonly { readonly text: RegExp; readonly asks: string }[] = [
  { text: /trust (this folder|the files in this folder)/i, asks: 'asks whether this folder is trusted' },
  { text: /new MCP servers? found|MCP servers? found in \.mcp\.json/i, asks: 'asks about MCP servers of this repository' },
  { text: /select login method|log in to (continue|use)|browser didn.t open/i, asks: 'asks for a login' },
  { text: /choose the (text style|syntax theme)/i, asks: 'asks for a theme (first start)' },
  { text: /detected a custom API key/i, asks: 'asks about the API key in the environment' },
  { text: /bypass permissions mode/i, asks: 'asks to confirm bypassing permissions' },
  { text: /settings (warning|error)/i, asks: 'reports a problem in its settings' },
  { text: /resume from summary/i, asks: 'asks how to resume the conversation' },
];

/** What the start-up dialog on this screen asks; null when the screen shows none that is known. */
export function startupDialog(screen: string): string | null {
  // A dialog's sentence may be broken at the pane's edge.
  const text = screen.replace(/[\s│]+/g, ' ');
  return DIALOGS.find((dialog) => dialog.text.test(text))?.asks ?? null;
}
