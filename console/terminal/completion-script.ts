import { UsageFault } from './usage-fault.ts';

/** A command as citty has it; whose arguments may be made later, as none here are. */
interface Completed {
  readonly args?: unknown;
}

/** A script that makes a shell complete commands, their options, and files where they are asked for. @throws UsageFault */
export function completionScript(shell: string, commands: Readonly<Record<string, Completed>>): string {
  const names = [...Object.keys(commands), 'completion'].join(' ');
  const options = Object.entries(commands).map(([name, { args }]) => {
    const own = Object.entries(args ?? {}).filter(([, { type }]) => type !== 'positional');
    return `      ${name}) options="${[...own.map(([option]) => `--${option}`), '--help'].join(' ')}" ;;`;
  });
  if (shell === 'bash') return bash(names, options);
  // zsh reads what was written for bash.
  if (shell === 'zsh')
    return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(names, options)}`;
  throw new UsageFault(`completion is for bash and zsh, not ${shell}`);
}

function bash(names: string, options: readonly string[]): string {
  return `_supercontext() {
  local word=\${COMP_WORDS[COMP_CWORD]} command="" options="--url --help --version" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${names.replaceAll(' ', '|')}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  case $command in
${options.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -z $command ]]; then COMPREPLY=($(compgen -W "${names}" -- "$word"))
  elif [[ $command == sync ]]; then COMPREPLY=($(compgen -d -- "$word"))
  elif [[ $command == append ]]; then COMPREPLY=($(compgen -f -- "$word"))
  elif [[ $command == completion ]]; then COMPREPLY=($(compgen -W "bash zsh" -- "$word"))
  fi
}
complete -o filenames -F _supercontext supercontext`;
}
