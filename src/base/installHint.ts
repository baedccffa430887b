/** One sentence that says how to install a program we cannot do without. `platform` is Node's name for it (`process.platform`). */
export function installHint(program: 'tmux' | 'git', platform: string): string {
  if (platform === 'darwin') return `Install it with \`brew install ${program}\`.`;
  if (platform === 'linux' || platform === 'android') {
    return `Install it with \`sudo apt install ${program}\` (Debian, Ubuntu), \`sudo dnf install ${program}\` (Fedora) or \`sudo pacman -S ${program}\` (Arch).`;
  }
  if (platform.endsWith('bsd')) return `Install it with \`pkg install ${program}\` or \`pkg_add ${program}\`.`;
  return `Install ${program} with your system's package manager; on Windows, run claude-tmux inside WSL.`;
}
