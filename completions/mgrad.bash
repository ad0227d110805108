# SPDX-License-Identifier: MIT
# mgrad.bash: completion for bash.  The options are those that `mgrad --help` tells.

# Writes the options, one a line; those with a value after `=` end with it.
_mgrad_options() {
  "$1" --help 2>/dev/null | sed -n '/^  -/ { s/^  //; s/   .*//; s/=[A-Z]*/=/g; s/ [A-Z]*$//; s/, /\n/g; p }'
}

# Writes the options that take a value.
_mgrad_valued() {
  "$1" --help 2>/dev/null | sed -n 's/^  \(-[-a-z]*\)[= ][A-Z].*/\1/p'
}

# Writes what an option takes, where that is a choice.
_mgrad_values() {
  case $2 in
    --color) echo auto always never ;;
    --explain) "$1" --explain '' 2>&1 | sed -n 's/^kinds of errors: //p' ;;
  esac
}

_mgrad_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_mgrad() {
  local mgrad=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} word option= ended= script= doctest= k
  local valued=$'\n'$(_mgrad_valued "$mgrad")$'\n'
  COMPREPLY=()
  # `option` waits for its value; `=` is a word of its own: --color=al is --color, =, al.
  for ((k = 1; k < COMP_CWORD; k++)); do
    word=${COMP_WORDS[k]}
    if [[ -n $option ]]; then
      [[ $word == = ]] || option=
    elif [[ -n $ended || $word != -?* ]]; then
      script=yes
    elif [[ $word == -- ]]; then
      ended=yes
    elif [[ $word == --doctest ]]; then
      doctest=yes
    elif [[ $valued == *$'\n'"$word"$'\n'* ]]; then
      option=$word
    fi
  done
  if [[ -n $option ]]; then
    [[ $current == = ]] && current=
    mapfile -t COMPREPLY < <(compgen -W "$(_mgrad_values "$mgrad" "$option")" -- "$current")
  elif [[ -n $script && -z $doctest ]]; then
    _mgrad_files "$current"
  elif [[ $current == -* && -z $ended ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_mgrad_options "$mgrad")" -- "$current")
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  elif [[ -n $doctest ]]; then
    _mgrad_files "$current"
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -X '!*.mg' -- "$current"; compgen -d -- "$current")
  fi
}
complete -F _mgrad mgrad
