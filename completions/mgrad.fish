# SPDX-License-Identifier: MIT
# mgrad.fish: completion for fish.  The options are those that `mgrad --help` tells.
complete -c mgrad -k -x -n 'not contains -- --doctest (commandline -opc)' -a '(__fish_complete_suffix .mg)'
for line in (mgrad --help 2>/dev/null | string match -r '^  -.*')
    set -l parts (string match -r '^  (.*?)\s{3,}(.*)$' -- $line)
    for option in (string split ', ' -- $parts[2])
        set -l names (string match -r '^(--?)(\w[\w-]*)[ =]?([A-Z]*)$' -- $option)
        set -l kind -s
        test $names[2] = --; and set kind -l
        set -l value
        test -n "$names[4]"; and set value -x
        test "$names[4]" = WHEN; and set value -x -a 'auto always never'
        complete -c mgrad $kind $names[3] $value -d $parts[3]
    end
end
