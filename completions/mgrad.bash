# SPDX-License-Identifier: MIT
# mgrad.bash: completion for bash.  The options are those that `mgrad --help` tells.

# Writes the options, one a line; those with a value after `=` end with it.
_mgrad_options() {
  "$1" --help 2>/dev/null | sed -n '/^  -/ { s/^  //; s/   .*//; s/=[A-Z]*/=/g; s/ [A-Z]*$//; s/, /\n/g; p }'
}

_mgrad() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} option=
  COMPREPLY=()
  # `=` is a word of its own: --color=al is --color, =, al.
  if [[ $current == = ]]; then
    option=$previous current=
  elif [[ $previous == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [[ $option == --color ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current")
  elif [[ -n $option || $previous == -e ]]; then
    return
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_mgrad_options "${COMP_WORDS[0]}")" -- "$current")
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  elif [[ " ${COMP_WORDS[*]} " == *" --doctest "* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -X '!*.mg' -- "$current"; compgen -d -- "$current")
  fi
}
complete -F _mgrad mgrad
