#!/bin/sh
# SPDX-License-Identifier: MIT
# program.sh BINARY: the command line: options, exit statuses, streams.  Prints `N passed, M failed`.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
HOME=$scratch XDG_STATE_HOME=$scratch NO_COLOR=1
export HOME XDG_STATE_HOME NO_COLOR
passed=0
failed=0

good() { passed=$((passed + 1)); }
bad() { echo "$*"; failed=$((failed + 1)); }

# expect NAME STATUS OUTPUT COMMAND...: the exit status, and everything that is written to standard output.
expect() {
  name=$1 status=$2 output=$3
  shift 3
  got=$(timeout 300 "$@" 2>err)
  code=$?
  if [ "$code" -ne "$status" ]; then bad "$name: exit status $code, expected $status: $(cat err)"
  elif [ "$got" != "$output" ]; then bad "$name: wrote \`$got\`, expected \`$output\`"
  else good; fi
}

# complains NAME STATUS TEXT COMMAND...: the exit status, and a part of standard error.
complains() {
  name=$1 status=$2 text=$3
  shift 3
  timeout 300 "$@" >out 2>err
  code=$?
  if [ "$code" -ne "$status" ]; then bad "$name: exit status $code, expected $status: $(cat err)"
  elif ! grep -qF -e "$text" err; then bad "$name: \`$text\` is missing in: $(cat err)"
  else good; fi
}

expect 'code' 0 '7' "$binary" -e '3 + 4'
chain='x = tensor(1.0); y = x'
filled='while true { h = {a: ones(5), n: h} }'
for limit in 16M 20M 64M; do
  expect "small objects that fill $limit, caught" 0 'memory' "$binary" -n --max-mem=$limit -e "$chain" -e 'try { while true { y = y * 1.0001 } } catch err { print(err.kind) }'
  expect "the same in a function, $limit" 0 'memory' "$binary" -n --max-mem=$limit -e "h = none; def f() { global h; try { $filled } catch err { return err.kind } }; r = f(); h = none; print(r)"
  expect "statements after memory ran out, $limit" 0 'true' sh -c 'printf "h = none\n%s\nh = none\nmemory().used < 15e6\n" "$2" | "$1" -i -q -n --max-mem="$3" 2>/dev/null' sh "$binary" "$filled" $limit
done
expect 'no last value' 0 '' "$binary" -p -e 'x = 5'
expect 'the last value' 0 '9' "$binary" -p -e '1; x = 4' -e 'x + 5'
expect 'an exit status of its own' 7 '' "$binary" -e 'quit(7)'
complains 'an exit status that does not fit' 1 'goes from 0 to 255' "$binary" -e 'quit(256)'
expect 'an answer that ends as on other systems' 0 '("bob", "e\u{d}ve", "")' sh -c 'printf "bob\r\ne\rve\n\r\n" | "$1" -n -e "print((input(), input(), input()))"' sh "$binary"
expect 'code on standard input' 0 '6' sh -c 'printf "2 * 3\n" | "$1"' sh "$binary"
expect 'the prompt without a history' 0 '2' sh -c 'printf "1 + 1\n" | "$1" -i -q -n 2>/dev/null' sh "$binary"
expect 'no remarks where there is no terminal' 0 '[[1]]' sh -c 'printf "[[1]]\n" | "$1" -i -q -n 2>/dev/null' sh "$binary"
complains 'a script that is missing, with the prompt' 1 'nosuch.mg: No such file' sh -c 'echo "quit(5)" | "$1" -n -i nosuch.mg' sh "$binary"
expect 'the output of code, then the prompt' 0 "$(printf '1\nmg> ')" sh -c '"$1" -i -q -n -e "print(1)" </dev/null 2>&1' sh "$binary"
mkdir -p unread/mgrad/init.mg
complains 'a beginning that cannot be read' 5 'init.mg: Is a directory' sh -c 'echo "quit(5)" | XDG_CONFIG_HOME=unread XDG_STATE_HOME=unread "$1" -q -i' sh "$binary"
complains 'an error in code' 1 'unknown name `nothing`' "$binary" -e 'nothing'
complains 'an unknown option' 2 'unknown option `--colour`' "$binary" --colour
complains 'an option without its value' 2 'code is missing' "$binary" -e
complains 'a wrong choice' 2 'no such colour choice' "$binary" --color=mauve
complains 'a wrong number of digits' 2 'not a number from 0 to 17: `18`' "$binary" --precision 18
complains 'a wrong number of threads' 2 'not a number of threads from 1 to 256: `0`' "$binary" --threads 0
complains 'a wrong number of threads in the environment' 2 'MGRAD_THREADS is not a number from 1 to 256: `many`' env MGRAD_THREADS=many "$binary" -e 1
expect 'help' 0 '  --precision=N       significant digits shown (1 to 17; 0: automatic)' sh -c '"$1" --help | grep -e --precision' sh "$binary"
complains 'a wrong size' 2 'not a size' "$binary" --max-mem=big
expect 'values in words of their own' 0 '0.333' "$binary" --color never --precision 3 --max-mem 50M --threads 2 -e '1/3'
expect 'letters together' 0 '5' "$binary" -qnp -e '2; 5'
complains 'code as for Python' 2 'to run code, write `-e CODE`' "$binary" -c 'print(1)'
complains 'a letter among others that is none' 2 'unknown option `-qx`' "$binary" -qx
printf 'args\n' >-q.mg
# A name fits, and that of its gradient does not.
long=$(printf 'a%.0s' $(seq 496))
complains 'a long name of a variable' 1 'writes dotted names of at most 499 bytes' "$binary" \
  -e "x = tensor([1.]); backward(sum(x * x)); save(\"long.npz\", {$long: x})"
expect 'a long name of numbers' 0 '1' "$binary" -e "save(\"long.npz\", {aaa$long: [1.]}); len(load(\"long.npz\"))"
complains 'too long a name of numbers' 1 'writes dotted names of at most 499 bytes' "$binary" \
  -e "save(\"long.npz\", {aaaa$long: [1.]})"
complains 'a plot that plots itself' 1 'nested too deeply' "$binary" -e 'f(x) = plot(f); f(1.)'
complains 'no memory for JSON' 1 'out of memory' "$binary" --max-mem=50M \
  -e 'r = {a: 1}; for i in range(40) { r = {a: r, b: r} }; len(to_json(r))'
# Small objects of one size have used up the memory; when they are gone, others can be made.
expect 'memory that comes back' 0 "$(printf 'memory\nmemory\n3 100000')" "$binary" --max-mem=60M -e 'x = tensor([1, 2, 3])
def chain() { y = x; while true { y = y * x } }
def nest() { t = none; while true { t = (t,) } }
for f in (chain, nest) { try { f() } catch e { print(e.kind) } }
print(sum([1, 2]), sum(ones(100000)))'
# On a small stack reductions at the end of the depth still find room.  (Frames of the sanitizers are too large for it.)
printf 'def f(n) { if n == 0 { return solve(x -> x**2 - 2, 1.) }; return f(n - 1) }
for n in range(0, 800, 20) { try { f(n) } catch e { assert(e.kind == "depth") } }
print(f(1) == sqrt(2))\n' >deep.mg
case $binary in *asan*) ;; *) expect 'a small stack' 0 true sh -c 'ulimit -s 256; "$1" deep.mg' sh "$binary" ;; esac
# Wherever memory ends, that is no bad usage: 127 is the loader's.  (The sanitizers need more from the beginning.)
case $binary in *asan*|*tsan*) ;; *)
  for limit in 6000 8000 10000 12000 14000 16000 18000; do
    sh -c 'ulimit -v "$2"; "$1" -e 1' sh "$binary" "$limit" >out 2>err
    [ $? -eq 2 ] && bad "within $limit kB: exit status 2: $(cat err)"
  done ;;
esac
expect 'the end of the options' 0 '("-n",)' "$binary" -- -q.mg -n
complains 'a value that is missing' 2 'a size is missing' "$binary" --max-mem
complains 'a limit below what a session takes' 1 'a limit of 1.05 MB is too little to start (allow more by `--max-mem=16M`)' \
  "$binary" --max-mem=1M -e 1
case $binary in *asan*|*tsan*) ;; *) expect 'the least limit that is suggested' 0 1 "$binary" --max-mem=16M -e 'integrate(x -> 2x, 0, 1)' ;; esac
complains 'a missing file' 1 'nowhere.mg' "$binary" nowhere.mg
printf '1 +\n' >half.mg
complains 'parse only' 1 'half.mg' "$binary" --check half.mg
mkfifo pipe
complains 'Ctrl-C while a program is read' 130 'mgrad: pipe: interrupted' timeout --preserve-status -s INT 4 "$binary" pipe
complains 'Ctrl-C while a presentation is read' 130 'mgrad: pipe: interrupted' \
  timeout --preserve-status -s INT 4 "$binary" --demo pipe
if [ -c /dev/zero ]; then complains 'a program without an end' 1 '/dev/zero: ' "$binary" --max-mem=50M /dev/zero; fi
expect 'the prompt reads a pipe' 0 '2' sh -c 'printf "1 + 1\n" | "$1" -i -q 2>/dev/null' sh "$binary"
# The write that fails is not the last one: later ones fail for other reasons, or not at all.
if [ -c /dev/full ]; then
  complains 'a full device' 1 'cannot write the output: No space left on device' \
    sh -c 'printf "1\nnothing\n" | "$1" -i -q -n >/dev/full' sh "$binary"
  complains 'a full device and a long text' 1 'cannot write the output: No space left on device' \
    sh -c '"$1" -e "s = \"x\"; for i in range(14) { s = s + s }; print(s)" >/dev/full' sh "$binary"
fi
[ -e mgrad/history ] && bad 'a history was kept without a terminal or with -n'
printf '#!/usr/bin/env mgrad\n# Text.\n1 + 1\n' >first.mg
expect 'a presentation' 0 "$(printf '# Text.\nmg> 1 + 1\n2')" "$binary" -q --demo first.mg
printf '\357\273\277#!/usr/bin/env mgrad\r\n# Text.\r\n\r\nfor i in (7,) {\r\n  i\r\n}\r\n1 + 1\r\n' >marked.mg
expect 'a presentation with a byte-order mark and other ends of lines' 0 \
  "$(printf '# Text.\n\nmg> for i in (7,) {\n...   i\n... }\nmg> 1 + 1\n2')" "$binary" -q --demo marked.mg
mkdir -p inner
printf 'k = 7\n' >inner/part.mg
printf 'import "part.mg"\nk\n' >inner/whole.mg
expect 'a presentation that imports' 0 "$(printf 'mg> import "part.mg"\nmg> k\n7')" "$binary" -q --demo inner/whole.mg
printf 'mg> import "part.mg"\nmg> k\n7\n' >inner/whole.txt
expect 'a transcript that imports' 0 '2 passed, 0 failed' "$binary" --doctest inner/whole.txt
expect 'help is no wider than a terminal' 0 '' sh -c '"$1" -n -e "help(integrate)" | awk "length > 80"' sh "$binary"
expect 'a dumb terminal' 1 '' env -u NO_COLOR TERM=dumb "$binary" --color=always -e 'sinn(2)'
grep -q "$(printf '\033')" err && bad 'a dumb terminal has colours'
expect 'colours' 1 '' env TERM=xterm "$binary" --color=always -e 'sinn(2)'
grep -q "$(printf '\033')" err || bad 'colours are missing'
LC_ALL=C "$binary" -n -e 'x = tensor(2.); explain(integrate(t -> t**2 * sin(t) * exp(t), 0, x) * x)' >out
if LC_ALL=C grep '[^ -~]' out; then bad 'signs beyond ASCII in a table where there are none'; else good; fi
grep -qF 'integrate(...)  ' out || bad "no points for what is left out: $(cat out)"

# Transcripts.  updated NAME FILE TEXT: what --update makes of the file; and that the file is then right.
updated() {
  "$binary" --doctest --update "$2" >/dev/null 2>err || bad "$1: $(cat err)"
  got=$(cat "$2")
  if [ "$got" != "$3" ]; then bad "$1: made \`$got\`, expected \`$3\`"
  elif ! "$binary" --doctest "$2" >out; then bad "$1: $(cat out)"
  else good; fi
}
printf 'mg> 1/3\n0.333\n' >digits.txt
expect 'digits in transcripts' 0 '1 passed, 0 failed' "$binary" --doctest --precision=3 digits.txt
complains 'code as a transcript' 2 '--doctest takes files, and no code: `-e`' "$binary" --doctest -e 'mg> 1'
printf 'mg> 1\n2\n' >kept.txt
complains 'a sandbox that would write' 2 'it does not go with `--update`' "$binary" --sandbox --doctest --update kept.txt
[ "$(cat kept.txt)" = "$(printf 'mg> 1\n2')" ] || bad "a sandbox writes: $(cat kept.txt)"
complains 'transcripts without a file' 2 'a file is missing' "$binary" --doctest
printf 'mg> print("a\\n\\nmg> b\\n")\nc\n\nText.\n\nmg> 1\n1' >gap.txt
updated 'an output with an empty line' gap.txt "$(printf 'mg> print("a\\n\\nmg> b\\n")\na\n...\n...\n...\n\nText.\n\nmg> 1\n1')"
printf 'mg> 1\n0\nmg> while true {}\nmg> 2\n3\n' >endless.txt
cp endless.txt before.txt
complains 'Ctrl-C in a transcript' 130 'mgrad: endless.txt:3: interrupted' \
  timeout --preserve-status -s INT 4 "$binary" --doctest --update endless.txt before.txt
[ "$(wc -l <err)" -eq 1 ] || bad "Ctrl-C in a transcript says more: $(cat err)"
cmp -s endless.txt before.txt || bad "Ctrl-C in a transcript changes it: $(cat endless.txt)"
grep -q '^+2' out && bad 'Ctrl-C in a transcript runs what follows'
printf '\357\273\277mg> 1 + 1\n3\n\nmg> 2\n2\n' >marked.txt
updated 'a byte-order mark' marked.txt "$(printf '\357\273\277mg> 1 + 1\n2\n\nmg> 2\n2\n')"
complains 'a command in a program' 1 'belong to the prompt' "$binary" -n -e ':vars'
complains 'a question in a program' 1 'help(name)' "$binary" -n -e '?sin'
printf 'mg> 1 + 1\r\n2\r\n\r\nmg> 2 + 2\r\n' >lines.txt
updated 'lines that end as elsewhere' lines.txt "$(printf 'mg> 1 + 1\r\n2\r\n\r\nmg> 2 + 2\r\n4\r\n')"
printf 'mg>1 + 1\n3\n' >tight.txt
updated 'a prompt without its blank' tight.txt "$(printf 'mg>1 + 1\n2')"
expect 'it is an example' 0 '1 passed, 0 failed' "$binary" --doctest tight.txt
printf -- '- a\n\n  ~~~\n  mg> [[1, 2], [3, 4]]\n  ```\n\n  ~~~\n\n````\nmg> print("x\\n\\ny")\n```\n````\nmg> text\n' >fences.md
updated 'fences of all kinds' fences.md "$(printf -- '- a\n\n  ~~~\n  mg> [[1, 2], [3, 4]]\n  [[1, 2],\n   [3, 4]]  # shape (2, 2)\n\n  ~~~\n\n````\nmg> print("x\\n\\ny")\nx\n\ny\n````\nmg> text')"
printf 'mg> def f(x) {\n...   y = x\n...\n...   return y\n... }\nmg> f(1)\n2\nmg> a = 4\n...\n... a + 2\n' >bare.txt
updated 'an input with an empty line' bare.txt "$(printf 'mg> def f(x) {\n...   y = x\n...\n...   return y\n... }\nmg> f(1)\n1\nmg> a = 4\n...\n... a + 2\n6')"
printf 'mg> print("... a\\n... b\\nc")\n' >dotted.txt
updated 'an output that looks like an input' dotted.txt "$(printf 'mg> print("... a\\n... b\\nc")\n...\n...\nc')"

product='seed(1); print(format(sum((randn(33, 500) @ randn(500, 113)) ** 3), ".17g"))'
alone=$(MGRAD_ISA=baseline "$binary" -n --threads=1 -e "$product")
for threads in 2 4; do
  expect "a product of $threads threads" 0 "$alone" env MGRAD_ISA=baseline "$binary" -n --threads=$threads -e "a = inv(randn(100, 100))" -e "$product"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
