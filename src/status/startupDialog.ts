/** Texts of Claude Code's start-up dialogs (2.1.197), each with what it asks. While one is open there is no hook and no registry entry. */
const DIALOGS: readonly { readonly text: string; readonly asks: string }[] = [
  { text: 'Yes, I trust this folder', asks: 'asks whether this folder is trusted' },
  { text: 'new MCP server', asks: 'asks about MCP servers of this repository' },
  { text: 'Select login method', asks: 'asks for a login' },
  { text: 'If the browser didn', asks: 'waits for a login in the browser' },
  { text: 'Not logged in', asks: 'asks for a login (/login)' },
  { text: 'Choose the text style', asks: 'asks for a theme (first start)' },
  { text: 'Detected a custom API key', asks: 'asks about the API key in the environment' },
  { text: 'In Bypass Permissions mode', asks: 'asks to confirm bypassing permissions' },
  { text: 'Settings Warning', asks: 'reports a problem in its settings' },
  { text: 'Settings Error', asks: 'reports a problem in its settings' },
  { text: 'Resume from summary', asks: 'asks how to resume the conversation' },
];

/** What the start-up dialog on this screen asks; null when the screen shows none that is known. */
export function startupDialog(screen: string): string | null {
  // A dialog's sentence may be broken at the pane's edge.
  const shown = screen.replace(/[\s│]+/g, ' ').toLowerCase();
  return DIALOGS.find(({ text }) => shown.includes(text.toLowerCase()))?.asks ?? null;
}
